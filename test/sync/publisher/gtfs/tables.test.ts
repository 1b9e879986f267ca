import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openGtfs } from '../../../../sync/publisher/gtfs/archive.ts';
import { createGtfsProblems } from '../../../../sync/publisher/gtfs/problems.ts';
import { readStopTimes } from '../../../../sync/publisher/gtfs/stop-times.ts';
import { readGtfs } from '../../../../sync/publisher/gtfs/tables.ts';
import type { GtfsStopTime } from '../../../../sync/publisher/gtfs/trips.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { place, small, type Tables, table, zipOf } from './made-up-feed.ts';

/** @returns what is said of a feed: nothing where it is in order */
async function problemsOf(path: string, line = '2'): Promise<string[]> {
  try {
    await readGtfs(path, line);
    return [];
  } catch (error) {
    assert.is(error instanceof Error && error.name, 'FileProblems', String(error));
    return String((error as Error).message)
      .split('\n')
      .map(problem => problem.replace(`${path}: `, ''));
  }
}

async function problems(context: TestContext, changed: Tables): Promise<string[]> {
  return problemsOf(await zipOf(context, changed));
}

suite('GTFS, tables', test => {
  test('what exporters do and the reference allows', async context => {
    const bom = '\ufeff';
    assert.equal(
      await problems(context, {
        'agency.txt': `${bom}agency_name,agency_url\r\nBus,\r\n`,
        'routes.txt': 'route_color,"route_type","route_short_name",route_id\r\n,3,"2",r2\r\n,3," 9 ",r9\r\n',
        'stops.txt': `${bom}stop_id, stop_name, stop_lat, stop_lon, stop_desc\n${['A', 'B', 'C'].map(id => `${id},"${id}, a ""stop""",${place(id)},"two\nlines"\n`).join('')}\n\n`,
        'feed_info.txt': 'what nobody reads\u0000',
        'stop_times.txt': 'trip_id,stop_id,stop_sequence\nt1,A,1\nt1,B,2\nt1,C,3',
      }),
      [],
    );
  });

  test('files that are missing, all at once', async context => {
    assert.equal(await problems(context, { 'agency.txt': undefined, 'stop_times.txt': undefined }), [
      'agency.txt line 1: the feed has no such file',
      'stop_times.txt line 1: the feed has no such file',
    ]);
  });

  test('each problem with file, line and field', async context => {
    const cases: readonly [string, Tables, string][] = [
      ['empty', { 'trips.txt': '' }, 'trips.txt line 1: is empty: it has no header'],
      [
        'column',
        { 'trips.txt': 'route_id,trip_id\nr2,t1\n' },
        'trips.txt line 1: service_id: the column is missing',
      ],
      [
        'column twice',
        { 'trips.txt': 'trip_id,route_id,service_id,trip_id\nt1,r2,s,t1\n' },
        'trips.txt line 1: trip_id: the column is there twice',
      ],
      ['latitude', stopsWith('D,D,97.2,116'), 'stops.txt line 5: stop_lat: must be between -90 and 90'],
      ['comma', stopsWith('D,D,"39,9",116'), 'stops.txt line 5: stop_lat: must be a number'],
      ['no place', stopsWith('D,D,,116'), 'stops.txt line 5: stop_lat: is missing'],
      ['no name', stopsWith('D,,39.9,116'), 'stops.txt line 5: stop_name: is missing'],
      ['twice', stopsWith('A,A,39.9,116'), 'stops.txt line 5: stop_id: is there twice'],
      [
        'not UTF-8',
        {
          'stops.txt': Buffer.concat([
            Buffer.from(small['stops.txt'] ?? ''),
            Buffer.from('D,\xff,39.9,116\n', 'latin1'),
          ]),
        },
        'stops.txt line 5: stop_name: is not UTF-8',
      ],
      ['quote', stopsWith('D,"D,39.9,116'), 'nothing after it was read'],
      ['trip', timesWith('t7,A,4,'), 'stop_times.txt line 5: trip_id: trips.txt has no t7'],
      ['stop', timesWith('t1,Z,4,'), 'stop_times.txt line 5: stop_id: stops.txt has no Z'],
      [
        'sequence',
        timesWith('t1,A,-4,'),
        'stop_times.txt line 5: stop_sequence: must be a whole number, 0 or more',
      ],
      [
        'sequence twice',
        timesWith('t1,A,3,20000'),
        'stop_times.txt line 5: stop_sequence: is there twice in its trip',
      ],
      [
        'distance',
        timesWith('t1,A,4,12000'),
        'stop_times.txt line 5: shape_dist_traveled: is less than at the stop before',
      ],
      ['negative', timesWith('t1,A,4,-1'), 'stop_times.txt line 5: shape_dist_traveled: must be 0 or more'],
      [
        'infinite',
        timesWith('t1,A,4,1e999'),
        'stop_times.txt line 5: shape_dist_traveled: must be 0 or more',
      ],
      [
        'route',
        { 'trips.txt': 'route_id,service_id,trip_id\nr2,s,t1\nr3,s,t2\n' },
        'trips.txt line 3: route_id: routes.txt has no r3',
      ],
      [
        'agency',
        { 'routes.txt': 'route_id,agency_id,route_short_name,route_type\nr2,c,2,3\n' },
        'routes.txt line 2: agency_id: agency.txt has no c',
      ],
      [
        'route name',
        { 'routes.txt': 'route_id,agency_id,route_short_name,route_type\nr2,b,2,3\nr9,b,,3\n' },
        'routes.txt line 3: route_short_name: is missing, and so is route_long_name',
      ],
      [
        'shape',
        { 'trips.txt': 'route_id,service_id,trip_id,shape_id\nr2,s,t1,s1\n' },
        'trips.txt line 2: shape_id: the feed has no shapes.txt',
      ],
      [
        'station',
        {
          'stops.txt': table(
            ...rows('stops.txt').map((row, i) => `${row},${['location_type', '1', '0', '0'][i]}`),
          ),
        },
        'stop_times.txt line 2: stop_id: no bus stops at A: it is no platform',
      ],
      [
        'calendar',
        { 'calendar_dates.txt': 'service_id,date,exception_type\ns,2022-05-23,1\n' },
        'calendar_dates.txt line 2: date: must be a date, YYYYMMDD',
      ],
    ];
    for (const [name, changed, problem] of cases) {
      const found = await problems(context, changed);
      assert.ok(
        found.some(text => text.includes(problem)),
        `${name}: ${found.join('\n')}`,
      );
    }
  });

  test('a thousand problems: fifty, and how many more', async context => {
    const many = Array.from({ length: 1000 }, (_, i) => `t1,Z,${i + 10},`);
    const found = await problems(context, timesWith(...many));
    assert.is(found.length, 51);
    assert.is(found.at(-1), 'and 950 more');
  });

  test('a line that it does not have', async context => {
    assert.equal(await problemsOf(await zipOf(context), '38'), [
      'routes.txt: no route has the route_short_name 38',
    ]);
  });

  test('what is no zip file, or one that could be no feed', async context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'feed.zip');
    writeFileSync(path, 'PK');
    assert.match((await problemsOf(path)).join(), /not a zip file|truncated/);
    assert.match((await problemsOf(join(directory, 'none.zip'))).join(), /ENOENT/);
    assert.equal(await problemsOf('/dev/null'), ['is neither a zip file nor a folder']);

    const whole = readFileSync(await zipOf(context));
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    assert.ok((await problemsOf(path)).length > 0);

    const nested = Object.fromEntries(Object.entries(small).map(([name, text]) => [`feed/${name}`, text]));
    assert.match(
      (await problemsOf(await zipOf(context, {}, nested))).join(),
      /feed\/stops\.txt: the files must be at its root/,
    );
  });

  test('more rows than any feed has: refused, and not read to the end', async context => {
    const agencies = Array.from({ length: 100_002 }, (_, i) => `a${i},Bus`);
    assert.match(
      (await problems(context, { 'agency.txt': table('agency_id,agency_name', ...agencies) }))[0] ?? '',
      /^agency\.txt line 10000\d: more than 100000 rows; nothing after it was read$/,
    );
    const archive = await openGtfs(await zipOf(context));
    context.after(archive.close);
    const list = createGtfsProblems('feed');
    const stopTimes: GtfsStopTime[] = [];
    const trip = { route: '2', service: 'daily', shape: undefined, stopTimes };
    const stops = new Map(
      ['A', 'B', 'C'].map(
        id => [id, { line: 2, name: id, position: undefined, station: undefined, isPlatform: true }] as const,
      ),
    );
    const feed = { stops, trips: new Map([['t1', trip]]), known: new Set(['t1']) };
    await readStopTimes(archive, list, feed, 2);
    assert.throws(list.raise, /stop_times\.txt line 4: more than 2 stop times of the lines/);
    assert.is(stopTimes.length, 2);
  });

  test('a file that unpacks to a thousand times its size', async context => {
    const bomb = { 'stop_times.txt': Buffer.alloc(64 << 20, 'a,a\n') };
    assert.match(
      (await problems(context, bomb)).join(),
      /stop_times\.txt unpacks to 67108864 bytes from \d+: no table does/,
    );
  });

  test('bytes turned over anywhere in the zip: refused or read, and nothing else', async context => {
    const whole = readFileSync(await zipOf(context));
    const path = join(temporaryDirectory(context), 'feed.zip');
    for (let i = 0; i < whole.length; i += 7) {
      const turned = Buffer.from(whole);
      turned[i] = (turned[i] ?? 0) ^ 0x41;
      writeFileSync(path, turned);
      await problemsOf(path);
    }
  });

  test('a folder of the same files; a folder in it is none', async context => {
    const directory = temporaryDirectory(context);
    for (const [name, text] of Object.entries(small)) writeFileSync(join(directory, name), text ?? '');
    assert.equal(await problemsOf(directory), []);
    mkdirSync(join(directory, 'shapes.txt'));
    assert.equal(await problemsOf(directory), []);
  });
});

function rows(file: string): string[] {
  return String(small[file]).trimEnd().split('\n');
}

function stopsWith(...more: string[]): Tables {
  return { 'stops.txt': table(...rows('stops.txt'), ...more) };
}

function timesWith(...more: string[]): Tables {
  return { 'stop_times.txt': table(...rows('stop_times.txt'), ...more) };
}
