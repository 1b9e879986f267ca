/** Codes that a module breaks over several lines. */
import * as assert from 'uvu/assert';
import type { LineEncoding } from '../../../drivers/code-reader/line-code.ts';
import { createWrappedLines } from '../../../drivers/code-reader/wrapped-lines.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { suite } from '../../harness.ts';
import { eciOf, hexOf, rideCode, utf8Of } from './sample-codes.ts';

function reading(encoding: LineEncoding = 'auto') {
  const printed: string[] = [];
  const wrapped = createWrappedLines({ encoding, maxLineBytes: 4096 }, each =>
    printed.push(each.is === 'code' ? hexOf(each.bytes) : each.is),
  );
  return { ...wrapped, printed };
}

/** @returns what was printed when the last line came, and after it what the silence brought */
function read(lines: readonly string[], encoding?: LineEncoding) {
  const { line, end, printed } = reading(encoding);
  for (const each of lines) line(each);
  const atOnce = [...printed];
  end();
  return [...atOnce, ...(printed.length > atOnce.length ? ['-', ...printed.slice(atOnce.length)] : [])];
}

const rows = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
const [code, other] = [rideCode(), rideCode()];
const [hex, base64] = [hexOf(code), Buffer.from(code).toString('base64')];

suite('wrapped lines', test => {
  test('a ride code is one whatever the width, as soon as its last line is there', () => {
    for (const width of [16, 31, 32, 64, 76, 80, 255, 256, 364, 500]) {
      assert.equal(read(rows(hex, width)), [hex], `hex, ${width}`);
      assert.equal(read(rows(base64, width)), [hex], `base64, ${width}`);
    }
  });

  test('identifiers, spaces, blank lines and what stands between the bytes change nothing', () => {
    const pairs = rows(hex, 2);
    for (const lines of [
      rows(`]Q1${hex}`, 80),
      rows(`\\000003${base64}`, 76),
      rows(`P01${hex}`, 64),
      rows(`s${base64}`, 76),
      rows(hexOf(utf8Of(code)), 64),
      rows(hexOf(eciOf(code)), 80),
      rows(hex, 64).map(row => `  ${row}\t`),
      rows(hex, 64).flatMap(row => [row, '']),
      rows(pairs.join(' '), 48),
      rows(pairs.map(byte => `0x${byte},`).join(''), 60),
      [`\x02${hex.slice(0, 300)}`, `${hex.slice(300)}\x03`],
    ]) {
      assert.equal(read(lines), [hex], lines[0]);
    }
  });

  test('the next passenger’s code behind one that was cut short rides at once', () => {
    for (const whole of [hexOf(other), Buffer.from(other).toString('base64')]) {
      for (const cut of [hex.slice(0, 400), hex.slice(0, 401), hex.slice(0, 40), base64.slice(0, 301)]) {
        assert.equal(read([cut, whole]).at(-1), hexOf(other), cut.slice(-8));
        assert.equal(read([cut, 'DEAD', whole]).at(-1), hexOf(other), cut.slice(-8));
        assert.equal(read([...rows(cut, 64), whole]).at(-1), hexOf(other), cut.slice(-8));
      }
    }
  });

  test('what is no whole code together is what its lines are', () => {
    const cut = hex.slice(0, 400);
    assert.equal(read([cut]), ['-', cut]);
    assert.equal(read([cut, 'NOREAD']), [cut, 'talk']);
    assert.equal(read([cut, cut]), [cut, cut]);
    const changed = `${hex.slice(0, 390)}!!${hex.slice(392)}`;
    assert.equal(read(rows(changed, 364)), [hex.slice(0, 364), 'damaged']);
  });

  test('only a ride code is waited for', () => {
    for (const line of ['NOREAD', 'https://example.com/line2', '81', hexOf(foreignCodes.alipay)]) {
      assert.not.ok(read([line]).includes('-'), line);
    }
    for (const whole of [hex, base64, `]Q1${hex}`, `${hex}00`]) assert.equal(read([whole]).length, 1);
  });

  test('lines without end are not kept: blank ones, and ones of a character', () => {
    const wrapped = reading();
    wrapped.line(hex.slice(0, 400));
    for (let i = 0; i < 100_000; i++) wrapped.line(i % 2 === 0 ? ' ' : '\t');
    assert.equal(wrapped.printed, []);
    wrapped.line(hex.slice(400));
    assert.equal(wrapped.printed, [hex]);
    wrapped.line(hex.slice(0, 40));
    for (let i = 0; i < 500; i++) wrapped.line(',');
    assert.equal(wrapped.printed.slice(0, 3), [hex, hex.slice(0, 40), 'talk']);
    assert.is(wrapped.begun, '');
  });

  test('what is kept has an end', () => {
    const wrapped = reading();
    for (let i = 0; i < 100; i++) wrapped.line(i === 0 ? hex.slice(0, 40) : ' - '.repeat(100));
    assert.ok(wrapped.begun.length <= 4096);
    assert.ok(wrapped.printed.length > 0);
    wrapped.line('z'.repeat(5000));
    assert.is(wrapped.printed.at(-1), 'talk');
  });
});
