/** A day of line 2 with 3,000 passengers, from their taps to the settlement. The figures are worked out by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { routeOf } from '../../../../device/settings/lines-file.ts';
import { officeFeed, openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { readGtfsLines } from '../../../../sync/publisher/gtfs/published-lines.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { crowd, rideAllDay } from './day-of-line-2.ts';

const pilotGtfs = fileURLToPath(new URL('../../../../../docs/examples/pilot-gtfs', import.meta.url));
const yuan = 100;

async function backoffice(...words: string[]): Promise<Record<string, unknown>> {
  const { code, output, errors } = await runSim(['backoffice', ...words]);
  assert.is(code, 0, errors);
  return JSON.parse(output);
}

suite('a day of line 2', test => {
  test('3,000 passengers, and the morning after', async context => {
    assert.is(
      Object.values(crowd).reduce((sum, count) => sum + count, 0),
      3000,
    );
    const [published] = await readGtfsLines(pilotGtfs, ['2']);
    const route = published && routeOf(published);
    if (published === undefined || route === undefined) throw new Error('there is no line 2');
    const stops = published.stops.map(({ id, zh, en, lat, lon }) => ({
      id,
      name: { zh, en },
      position: { latitudeDeg: lat, longitudeDeg: lon },
    }));
    const journals = await rideAllDay(context, { route, stops });

    const dir = join(temporaryDirectory(context), 'office');
    await openOfficeData(dir).close();
    writeFileSync(feedPlaces(officeFeed(dir)).lines, stringify({ lines: [published] }));
    for (const journal of journals)
      assert.is((await backoffice('import-journal', dir, join(journal, 'journal.sqlite'))).refused, 0);
    const {
      rides,
      revenueFen,
      unfinished,
      waiting,
      refused,
      denied,
      shortFen,
      differencesFen,
      unresolvedFen,
    } = await backoffice('settle', dir, '--day', '2022-06-01');

    // The line is 9.1 km long: every ride costs 2.00 undiscounted, 1.00 with card or code, 0.50 with a student's card.
    assert.equal(
      { rides, revenueFen, unfinished, waiting, refused, denied, shortFen, differencesFen, unresolvedFen },
      {
        // 3000, of whom 20 could not pay and 30 were not let in.
        rides: 2950,
        revenueFen: {
          // 1180 at 1.00, 300 students at 0.50, 100 who paid 2.00 the next morning; 300 seniors and 50 who never came again nothing.
          't-union': 1530 * yuan,
          // 450 at 1.00.
          bmac: 450 * yuan,
          // 470 at 1.00, 100 at 2.00.
          'ride-code': 670 * yuan,
        },
        // 150 cards, 100 codes.
        unfinished: 250,
        waiting: 0,
        refused: 50,
        denied: 0,
        shortFen: 0,
        differencesFen: 0,
        unresolvedFen: 0,
      },
    );
    const next = await backoffice('settle', dir, '--day', '2022-06-02');
    assert.equal(
      [next.rides, next.revenueFen, next.unfinished],
      [100, { 't-union': 100 * yuan, bmac: 0, 'ride-code': 0 }, 0],
    );
  });
});
