/**
 * The uplink's part of the bench: how many taps a second the back office takes against a bare loop of mqtt.js and better-sqlite3,
 * and of pg, in the same run, and what a tap costs it as the fleet grows; a week's rows at once; a validator that is killed again and again.
 * BENCH_UPLINK_TAPS sends so many in each (2,400), BENCH_KILLS kills so often (200).
 */
import { cleanups } from '../../harness.ts';
import { postgresql, startPostgres } from '../../sim/backoffice/intake/postgres-servers.ts';
import { count, NotMeasured, runPart } from '../part.ts';
import type { Figure } from '../report.ts';
import { sum } from '../statistics.ts';
import { measureHints } from './hints.ts';
import { measureKilled } from './killed.ts';
import { createLoad, type Load } from './load.ts';
import { type Kept, startBare, startOffice } from './servers.ts';
import { measureWeek } from './week.ts';

const usualTaps = 2400;
const usualFleet = 100;
const usualKills = 200;
const fleets = [10, 100, 1200];
/** Turn about, so that both meet the same neighbours. */
const turns = 3;

await runPart(async ({ directory, measure }) => {
  const taps = count('BENCH_UPLINK_TAPS', usualTaps);
  await measure('taps a second', async () => [
    await ratesOf('uplink.tapsPerS', directory, taps, () => undefined),
  ]);
  await measure('taps a second in PostgreSQL', () =>
    withPostgres(newDatabase => ratesOf('uplink.postgresTapsPerS', directory, taps, newDatabase)),
  );
  await measure('cost of a tap', async () => {
    const costs: Record<string, number> = {};
    for (const validators of fleets) {
      const server = await startOffice(directory, validators);
      const load = await createLoad(server, Math.max(taps, validators));
      const before = server.processorMs();
      await load.send();
      costs[validators] = (server.processorMs() - before) / load.taps;
      await load.close();
      await server.close(load.taps);
    }
    const most = (costs[fleets[0] ?? 0] ?? Number.NaN) * 1.5;
    return [
      {
        name: 'uplink.costPerTap',
        value: costs,
        required: { atMost: Object.fromEntries(fleets.map(validators => [validators, most])) },
      },
    ];
  });
  await measure('hints', () => measureHints(directory, fleets.at(-1) ?? 0));
  await measure('a week without a network', () => measureWeek(directory));
  await measure('kills', () => measureKilled(directory, count('BENCH_KILLS', usualKills)));
});

/** The office's and the bare loop's, and what part of the second the first is. */
async function ratesOf(
  name: string,
  directory: string,
  taps: number,
  newDatabase: () => Kept | undefined,
): Promise<Figure> {
  const office: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    office.push(await rateOf(await startOffice(directory, usualFleet, newDatabase()), taps));
    bare.push(await rateOf(await startBare(directory, usualFleet, newDatabase()), taps));
  }
  const [ofOffice, ofBare] = [sum(office) / turns, sum(bare) / turns];
  return {
    name,
    value: { office: ofOffice, bare: ofBare, ofBare: ofOffice / ofBare },
    // Of the bare loop's; a rate below one tap a second would be no better.
    required: { atLeast: 0.5 },
  };
}

/** Its data lie in memory where that has room, for both. */
async function withPostgres(work: (newDatabase: () => Kept) => Promise<Figure>): Promise<Figure[]> {
  if (!postgresql.met()) throw new NotMeasured(`${postgresql.what} is not installed`);
  const { after, cleanUp } = cleanups();
  try {
    const server = await startPostgres({ after });
    let databases = 0;
    const newDatabase = () => {
      const name = `bench_${++databases}`;
      server.psql(`CREATE DATABASE ${name}`);
      return {
        url: server.url.replace('///postgres?', `///${name}?`),
        count: () => Number(server.psql('SELECT count(*) FROM tap', name)),
      };
    };
    return [await work(newDatabase)];
  } finally {
    await cleanUp();
  }
}

/** @returns taps a second, from the first that is sent to the last that is acknowledged */
async function rateOf(server: Awaited<ReturnType<typeof startOffice>>, taps: number): Promise<number> {
  const load: Load = await createLoad(server, taps);
  const started = performance.now();
  await load.send();
  const seconds = (performance.now() - started) / 1000;
  await load.close();
  await server.close(load.taps);
  return load.taps / seconds;
}
