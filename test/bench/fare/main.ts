/**
 * The fare's part of the bench: the passenger's time and the commands to the card, a hundred thousand purchases in a row, and
 * settling days of 0.1, 1 and 10 million rides. BENCH_RIDES measures one day of so many instead.
 */
import { join } from 'node:path';
import { count, runPart } from '../part.ts';
import { fullRow, measureRow } from './in-a-row.ts';
import { measurePurchases } from './purchase.ts';
import { settleFigures, settleMadeUpDay } from './settle.ts';

await runPart(async ({ directory, measure }) => {
  await measure('purchases', () => measurePurchases(directory));
  await measure('purchases in a row', () => measureRow(directory, count('BENCH_PURCHASES', fullRow)));
  const given = count('BENCH_RIDES', 0);
  const days = given > 0 ? [given] : [100_000, 1_000_000, 10_000_000];
  await measure('settlement', async () =>
    settleFigures(days.map(rides => ({ rides, ...settleMadeUpDay(join(directory, `day-${rides}`), rides) }))),
  );
});
