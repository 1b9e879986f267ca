import * as assert from 'uvu/assert';
import { wayBetween } from '../../../../device/core/fare/route.ts';
import { routeOf } from '../../../../sync/publisher/gtfs/measure-route.ts';
import { readGtfs } from '../../../../sync/publisher/gtfs/tables.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { pilotFolder, pilotTables, place, type Tables, table, zipOf } from './made-up-feed.ts';

/** @returns metres from A to B, and to C */
async function distances(
  context: TestContext,
  changed: Tables,
  at?: number,
): Promise<(number | undefined)[]> {
  const route = routeOf(await readGtfs(await zipOf(context, changed), '2'), '2', at);
  return ['B', 'C'].map(to => {
    const way = wayBetween(route, 'A', to);
    return way === undefined ? undefined : Math.round(way.distanceM);
  });
}

function stopTimes(...cells: string[]): string {
  return table(
    'trip_id,stop_id,stop_sequence,shape_dist_traveled',
    ...cells.map((cell, i) => `t1,${'ABC'[i]},${i},${cell}`),
  );
}

suite('GTFS, route', test => {
  test('shape_dist_traveled, in whatever unit', async context => {
    for (const [counted, expected] of [
      [
        ['0', '4100', '12400'],
        [4100, 12_400],
      ],
      [
        ['0', '4.1', '12.4'],
        [4100, 12_400],
      ],
      [
        ['0', '2.5476', '7.7050'],
        [4100, 12_400],
      ],
      [
        ['0', '13451.4', '40682.4'],
        [4100, 12_400],
      ],
      [
        ['1000', '5100', '13400'],
        [4100, 12_400],
      ],
      [
        ['0', '4.1e3', '12.4E+3'],
        [4100, 12_400],
      ],
    ] as const)
      assert.equal(
        await distances(context, { 'stop_times.txt': stopTimes(...counted) }),
        expected,
        counted.join(),
      );
  });

  test('what is no distance, or not there: from stop to stop', async context => {
    const bare = table('trip_id,stop_id,stop_sequence', 't1,A,1', 't1,B,2', 't1,C,3');
    for (const times of [bare, stopTimes('', '', ''), stopTimes('0', '1', '2'), stopTimes('0', '0', '0')])
      assert.equal(await distances(context, { 'stop_times.txt': times }), [4000, 12_000], times);
  });

  test('a stop of which the feed does not count is placed between its neighbours', async context => {
    const times = { 'stop_times.txt': stopTimes('0', '', '12600') };
    assert.equal(await distances(context, times), [4200, 12_600]);
  });

  test('along the shape', async context => {
    const shape = table(
      'shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence',
      `s,${place('C')},30`,
      `s,${place('A')},0`,
      `s,39.918,${place('B').split(',')[1]},20`,
      `s,${place('B')},10`,
    );
    const trips = 'route_id,service_id,trip_id,shape_id\nr2,daily,t1,s\n';
    const [toB, toC = 0] = await distances(context, {
      'trips.txt': trips,
      'shapes.txt': shape,
      'stop_times.txt': stopTimes('', '', ''),
    });
    assert.is(toB, 4000);
    // 2 km north from B, and from there straight to C, 8 km east and 2 south.
    assert.ok(Math.abs(toC - (4000 + 2001 + Math.hypot(8000, 2001))) < 10, String(toC));
  });

  test('the order of the stops is their stop_sequence, not the table’s', async context => {
    const times = table('trip_id,stop_sequence,stop_id', 't1,10,C', 't1,9,B', 't1,1,A');
    assert.equal(await distances(context, { 'stop_times.txt': times }), [4000, 12_000]);
  });

  test('several routes of one name, and a line’s short way', async context => {
    const changed = {
      'routes.txt': 'route_id,agency_id,route_short_name,route_type\nr2,b,2,3\nr2b,b,2,3\n',
      'trips.txt': 'route_id,service_id,trip_id\nr2,daily,t1\nr2b,daily,t2\n',
      'stop_times.txt': table('trip_id,stop_id,stop_sequence', 't1,A,1', 't1,B,2', 't2,A,1', 't2,C,2'),
    };
    assert.equal(await distances(context, changed), [4000, 12_000]);
  });

  test('of two timetables the one of the day; without one that runs, both', async context => {
    const changed = {
      'trips.txt': 'route_id,service_id,trip_id\nr2,old,t1\nr2,new,t2\n',
      'stop_times.txt': table(
        'trip_id,stop_id,stop_sequence,shape_dist_traveled',
        ...['t1,A,1,0', 't1,B,2,4100', 't1,C,3,12400', 't2,A,1,0', 't2,B,2,5300', 't2,C,3,14100'],
      ),
      'calendar.txt': table(
        'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date',
        ...['old,1,1,1,1,1,1,1,20220101,20220522', 'new,1,1,1,1,1,0,0,20220523,20221231'],
      ),
      'calendar_dates.txt': 'service_id,date,exception_type\nnew,20220604,1\nnew,20220603,2\n',
    };
    const on = (day: string) => distances(context, changed, Date.parse(`${day}+08:00`));
    assert.equal(await on('2022-05-22T23:59:59'), [4100, 12_400]);
    assert.equal(await on('2022-05-23T00:00:00'), [5300, 14_100]);
    assert.equal(await on('2022-06-04T12:00:00'), [5300, 14_100], 'a Saturday on which it runs');
    assert.equal(await on('2022-06-03T12:00:00'), [4100, 12_400], 'a Friday on which nothing runs');
    assert.equal(await on('2022-06-05T12:00:00'), [4100, 12_400], 'a Sunday');
  });

  test('the made-up lines of the pilot, as a folder and as a zip file', async context => {
    const zip = await zipOf(context, {}, pilotTables());
    for (const line of ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38']) {
      const fromFolder = routeOf(await readGtfs(pilotFolder, line), line);
      assert.is(fromFolder.patterns.length, 2);
      for (const { stops } of fromFolder.patterns) {
        const lengthM = stops.at(-1)?.alongM ?? 0;
        assert.ok(lengthM > 4000 && lengthM < 30_000, `${line}: ${lengthM}`);
        assert.ok(stops.every(({ alongM }, i) => i === 0 || alongM > (stops[i - 1]?.alongM ?? 0)));
      }
      assert.equal(routeOf(await readGtfs(zip, line), line), fromFolder);
    }
  });
});
