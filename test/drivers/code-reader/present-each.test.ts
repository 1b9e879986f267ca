/** What becomes a presentation of what a module prints, on a clock in the test's hands. */
import { setImmediate as nextRead } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { CodeRead } from '../../../device/ports.ts';
import { readBurst } from '../../../drivers/code-reader/burst-code.ts';
import { readLine } from '../../../drivers/code-reader/line-code.ts';
import { presentEach } from '../../../drivers/code-reader/present-each.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { suite } from '../../harness.ts';
import { hexOf, rideCode } from './sample-codes.ts';

function module() {
  let nowMs = 0;
  const presented: string[] = [];
  const { print, stop } = presentEach(
    {
      presented: (read: CodeRead) =>
        presented.push('bytes' in read ? hexOf(read.bytes).slice(0, 40) : read.refused),
    },
    () => nowMs,
  );
  return {
    presented,
    stop,
    /** Each line in a read of its own, so many milliseconds after the one before. */
    async prints(lines: readonly string[], apartMs: number): Promise<void> {
      for (const line of lines) {
        nowMs += apartMs;
        for (const printed of readLine(line, 'auto')) print(printed);
        await nextRead();
      }
    },
    /** All in one read. */
    async printsAtOnce(text: string): Promise<void> {
      for (const printed of readBurst(Buffer.from(text, 'latin1'))) print(printed);
      await nextRead();
    },
  };
}

const begins = (code: Uint8Array) => hexOf(code).slice(0, 40);
const cut = hexOf(rideCode()).slice(0, 300);
/** A code of each kind that buys no ride here. */
const kinds = [
  'https://example.com/line2',
  'TXabc123',
  '6222020012345678',
  hexOf(foreignCodes.alipay),
  cut,
  `${hexOf(rideCode()).slice(0, 300)}!!`,
  '81'.repeat(60),
];

suite('present each', test => {
  test('a salvo is one refusal, whatever the kinds, in however many reads', async () => {
    const { presented, prints, stop } = module();
    await prints(kinds, 50);
    await prints([...kinds].reverse(), 50);
    assert.is(presented.length, 1);
    stop();
  });

  test('two passengers get an answer each, whatever they hold up', async () => {
    for (const first of kinds) {
      const { presented, prints, stop } = module();
      const others = kinds.filter(kind => kind !== first);
      await prints([first, ...others], 200);
      assert.is(presented.length, kinds.length, first);
      stop();
    }
  });

  test('no salvo takes or delays a ride code, before it, behind it or around it', async () => {
    const { presented, prints, printsAtOnce, stop } = module();
    const rides = [rideCode(), rideCode(), rideCode(), rideCode()];
    const [first, second, third, fourth] = rides.map(hexOf);
    await prints([`${first}`, ...kinds], 20);
    assert.equal(presented, [first?.slice(0, 40)], 'what follows it is of its salvo');
    await prints([...kinds, `${second}`], 20);
    assert.is(presented.length, 2);
    await printsAtOnce([...kinds, third, fourth, ...kinds].join('\r\n'));
    assert.equal(presented, rides.map(begins));
    stop();
  });

  test('a code that a module breaks over lines with an end of its own is one ride, a damaged one a refusal', async () => {
    const { presented, printsAtOnce, prints, stop } = module();
    const ride = rideCode();
    const rows = hexOf(ride).match(/.{1,80}/g) ?? [];
    await printsAtOnce(rows.join('\r\n'));
    assert.equal(presented, [begins(ride)]);
    await prints(['NR'], 1000);
    await printsAtOnce(rows.slice(1).join('\r\n'));
    assert.is(presented.length, 2);
    stop();
  });
});
