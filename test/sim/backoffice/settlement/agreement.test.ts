/** Over many rides with tears, kills and networks that are late: purses, journals and settlement agree to the fen, in whatever order rows arrive. */
import * as assert from 'uvu/assert';
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { dayName } from '../../../../sim/backoffice/settlement/days.ts';
import { settleDay } from '../../../../sim/backoffice/settlement/settle-day.ts';
import type { DayAccount } from '../../../../sim/backoffice/settlement/settled-file.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { type ModelCity, modelCity, randomFrom } from './model-city.ts';
import { takerOf, tariffs } from './rows.ts';

/** Of each of two cities. */
const rides = 15_000;
const ridesInTwoOrders = 12_000;

interface Portion {
  readonly device: string;
  readonly rows: () => readonly TapRow[];
}

/** Portions of the journals: each device's in a disorder of its own, some twice. */
function shuffled({ journals }: ModelCity, seed: number): Portion[] {
  const random = randomFrom(seed);
  const portions = [...journals].flatMap(([device, rows]) => {
    const cuts: Portion[] = [];
    for (let from = 0; from < rows.length; ) {
      const start = from;
      const to = from + 1 + Math.floor(random() * 3000);
      cuts.push({ device, rows: () => rows.slice(start, to) });
      from = random() < 0.1 ? Math.max(0, to - 500) : to;
    }
    return cuts;
  });
  return portions
    .map(portion => ({ portion, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ portion }) => portion);
}

function openCity(context: TestContext) {
  const dir = temporaryDirectory(context);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const now = Date.UTC(2022, 11, 1);
  return {
    takeRows: takerOf(trips, () => now),
    settle: (day: number) => settleDay({ dir, trips, tariffs, day, now }),
  };
}

function sumOf(accounts: readonly DayAccount[]) {
  const sum = { rides: 0, unfinished: 0, waiting: 0, differencesFen: 0, unresolvedFen: 0 };
  const paidFen = { 't-union': 0, bmac: 0, 'ride-code': 0 };
  for (const account of accounts) {
    for (const name of ['rides', 'unfinished', 'waiting', 'differencesFen', 'unresolvedFen'] as const)
      sum[name] += account[name];
    for (const name of ['t-union', 'bmac', 'ride-code'] as const) paidFen[name] += account.revenueFen[name];
  }
  return { ...sum, paidFen };
}

/** Settles a city whose rows come in this disorder, after half of them and after all. @returns its days */
async function settled(context: TestContext, city: ModelCity, order: number): Promise<DayAccount[]> {
  const { takeRows, settle } = openCity(context);
  const portions = shuffled(city, order);
  const half = portions.length >> 1;
  for (const { device, rows } of portions.slice(0, half)) await takeRows(device, rows());
  const [early = 0] = city.days;
  // Half of the rows tell less, never something wrong: nobody is charged for a tap that may still come.
  assert.is.not(settle(early).waiting, 0);
  for (const { device, rows } of portions.slice(half)) assert.is((await takeRows(device, rows())).refused, 0);
  const accounts = city.days.map(settle);
  assert.equal(sumOf(accounts), {
    ...{ rides: city.rides, unfinished: city.unfinished, waiting: 0, differencesFen: 0, unresolvedFen: 0 },
    paidFen: city.paidFen,
  });
  assert.is(accounts[0]?.earlier.length, 1, dayName(early));
  return accounts;
}

suite('agreement', test => {
  for (const seed of [1, 4])
    test(`${rides} rides of city ${seed}, rows in disorder`, async context => {
      await settled(context, modelCity(rides, seed), seed + 1);
    });

  test('two orders of the same rows come to the same, ride by ride and line by line', async context => {
    const city = modelCity(ridesInTwoOrders, 6);
    const inOrder = async (order: number) =>
      (await settled(context, city, order)).map(({ earlier: _, settledAt: __, ...rest }) => rest);
    assert.equal(await inOrder(2), await inOrder(3));
  });
});
