/** Which foreign and damaged codes of a scanner are presentations, on a clock in the test's hands. */
import * as assert from 'uvu/assert';
import { damaged, foreign } from '../../../drivers/code-reader/printed.ts';
import { createSalvos } from '../../../drivers/code-reader/salvo.ts';
import { suite } from '../../harness.ts';

const sticker = foreign(Buffer.from('https://example.com/line2'));
const other = foreign(Buffer.from('https://example.com/else'));
const alipay = foreign(Uint8Array.of(2, 1, ...new Uint8Array(40)));

suite('salvo', test => {
  test('what follows one of its kind at once is none, another kind is', () => {
    const { isPresentation } = createSalvos();
    assert.ok(isPresentation(sticker, 0));
    assert.not.ok(isPresentation(other, 140));
    assert.not.ok(isPresentation(sticker, 280), 'each counts from the one before');
    assert.ok(isPresentation(alipay, 281));
    assert.ok(isPresentation(damaged(''), 282));
    assert.not.ok(isPresentation(damaged(''), 283));
    assert.ok(isPresentation(other, 440));
  });

  test('what is damaged after a code is somebody else', () => {
    const { isPresentation, codeCame } = createSalvos();
    assert.ok(isPresentation(damaged(''), 0));
    codeCame();
    assert.ok(isPresentation(damaged(''), 1));
  });

  test('a sticker that is read again and again is one presentation, and told after a minute', () => {
    const { isPresentation, advice } = createSalvos();
    let presented = 0;
    for (let ms = 0; ms < 59_000; ms += 1000) if (isPresentation(sticker, ms)) presented++;
    assert.is(advice(), '');
    for (let ms = 59_000; ms < 120_000; ms += 1000) if (isPresentation(sticker, ms)) presented++;
    assert.is(presented, 1);
    assert.match(advice(), /out of its view/);
    assert.ok(isPresentation(sticker, 122_000), 'it had been away');
    assert.is(advice(), '');
  });
});
