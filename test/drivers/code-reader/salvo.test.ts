/** Which codes of a scanner that buy no ride are presentations, on a clock in the test's hands. */
import * as assert from 'uvu/assert';
import { code, damaged, foreign } from '../../../drivers/code-reader/printed.ts';
import { createSalvos } from '../../../drivers/code-reader/salvo.ts';
import { suite } from '../../harness.ts';

const sticker = foreign(Buffer.from('https://example.com/line2'));
const poster = foreign(Buffer.from('https://example.com/else'));
const alipay = foreign(Uint8Array.of(2, 1, ...new Uint8Array(40)));
const cut = code(Uint8Array.of(0x81, 1, 0x69, 0x24, ...new Uint8Array(100)));
const spoilt = (text: string) => damaged(Buffer.from(text));

suite('salvo', test => {
  test('what follows another code at once is none, whatever the kinds; the next passenger is', () => {
    const { isPresentation } = createSalvos();
    assert.ok(isPresentation(sticker, 0));
    const others = [poster, alipay, cut, spoilt('a'), spoilt('b')];
    for (const [i, other] of others.entries()) {
      assert.not.ok(isPresentation(other, (i + 1) * 140), 'each counts from the one before');
    }
    assert.ok(isPresentation(foreign(Buffer.from('TXabc123')), 5 * 140 + 150));
  });

  test('what follows a ride code at once is none', () => {
    const { isPresentation, rideCame } = createSalvos();
    rideCame(0);
    assert.not.ok(isPresentation(sticker, 100));
    rideCame(1000);
    assert.ok(isPresentation(alipay, 1150));
  });

  test('the same again within two seconds is none, be it cut short or damaged', () => {
    const { isPresentation } = createSalvos();
    for (const [i, each] of [sticker, cut, spoilt('a')].entries()) {
      assert.ok(isPresentation(each, i * 10_000));
      assert.not.ok(isPresentation(each, i * 10_000 + 1999));
      assert.ok(isPresentation(each, i * 10_000 + 3999));
    }
  });

  test('a sticker that is read all the time keeps no passenger from an answer, nor do two', () => {
    const { isPresentation } = createSalvos();
    assert.ok(isPresentation(sticker, 0));
    assert.ok(isPresentation(poster, 200));
    for (let ms = 300; ms <= 3000; ms += 100)
      assert.not.ok(isPresentation(ms % 200 === 0 ? poster : sticker, ms));
    assert.ok(isPresentation(alipay, 3050));
    assert.not.ok(isPresentation(sticker, 3100));
  });

  test('more stickers than anybody puts up cost no memory', () => {
    const { isPresentation } = createSalvos();
    for (let i = 0; i < 1000; i++) isPresentation(foreign(Buffer.from(`https://example.com/${i}`)), i);
    assert.ok(isPresentation(foreign(Buffer.from('https://example.com/0')), 1200), 'it is forgotten');
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
