import * as assert from 'uvu/assert';
import { wayBetween } from '../../../../device/core/fare/route.ts';
import { FileProblems } from '../../../../device/kit/yaml-file.ts';
import { maxLinesBytes, readLine } from '../../../../device/settings/lines-file.ts';
import { routeOf } from '../../../../sync/publisher/gtfs/measure-route.ts';
import { readGtfsLines } from '../../../../sync/publisher/gtfs/published-lines.ts';
import { readGtfs } from '../../../../sync/publisher/gtfs/tables.ts';
import { linesFileOf } from '../../../../sync/publisher/policy-and-lines.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { pilotFolder, small, type Tables, table, zipOf } from './made-up-feed.ts';

async function published(context: TestContext, changed: Tables, ...lines: string[]) {
  return readGtfsLines(await zipOf(context, changed), lines);
}

async function problemsOf(context: TestContext, changed: Tables): Promise<string> {
  const error = await published(context, changed).then(
    () => undefined,
    thrown => thrown,
  );
  assert.instance(error, FileProblems);
  return String(error?.message);
}

/** What stop A is called. @param named its stop_name */
async function names(context: TestContext, named: string, ...translations: string[]) {
  const stops = String(small['stops.txt']).replace('A,A,', `A,${named},`);
  const header = 'table_name,field_name,language,translation,record_id,field_value';
  const changed = { 'stops.txt': stops, 'translations.txt': table(header, ...translations) };
  const [stop] = (await published(context, changed, '2'))[0]?.stops ?? [];
  return [stop?.zh, stop?.en];
}

/** Stop A has this id, and a name of which nothing can be shown. */
function calling(id: string): Tables {
  const renamed = (name: string) =>
    String(small[name]).replace('A,A,', `${id},\u200b,`).replace('t1,A,', `t1,${id},`);
  return { 'stops.txt': renamed('stops.txt'), 'stop_times.txt': renamed('stop_times.txt') };
}

const pilotLines = ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38'];

suite('GTFS, published lines', test => {
  test('the pilot’s lines: what a validator reads is what the feed says', async context => {
    const linesFile = `${temporaryDirectory(context)}/lines.yaml`;
    assert.is(await linesFileOf({ gtfs: pilotFolder }, linesFile), linesFile);
    for (const line of pilotLines) {
      const { stops, route } = readLine(linesFile, line);
      const measured = routeOf(await readGtfs(pilotFolder, line), line);
      assert.equal(route, measured);
      assert.is(stops.length, measured.patterns[0]?.stops.length);
    }
    const [qianmen] = readLine(linesFile, '2').stops.filter(({ id }) => id === '2-07');
    assert.equal(qianmen?.name, { zh: '前门', en: 'Qianmen' });
    assert.equal(qianmen?.position, { latitudeDeg: 39.8986, longitudeDeg: 116.3917 });
  });

  test('all lines, or those that are named; each once; a line that is not there is told', async context => {
    const lines = async (...names: string[]) =>
      (await readGtfsLines(pilotFolder, names)).map(({ line }) => line);
    assert.equal(await lines(), pilotLines);
    assert.equal(await lines('38', '6', '38'), ['38', '6']);
    assert.match(String(await lines('6', '7').catch(String)), /no route has the route_short_name 7/);
    const changed = {
      'routes.txt': table(
        'route_id,agency_id,route_short_name,route_long_name,route_type',
        'r2,b,2,,3',
        'r3,b,,Long name alone,3',
        'r4,b,Airport Express,,3',
      ),
      'trips.txt': `${small['trips.txt']}r3,daily,t3\nr4,daily,t4\n`,
      'stop_times.txt': `${small['stop_times.txt']}t3,A,1,0\nt3,B,2,4\nt4,A,1,0\nt4,B,2,4\n`,
    };
    assert.equal(
      (await published(context, changed)).map(({ line }) => line),
      ['2'],
      'no validator can be of the others',
    );
  });

  test('both directions’ platforms are stops of the line, and of timetables all', async context => {
    const changed = {
      'stops.txt': `${small['stops.txt']}A2,A,39.9001,116\nB2,B,39.9001,116.0468\n`,
      'trips.txt': `${small['trips.txt']}r2,sunday,t2\nr2,daily,t3\n`,
      'stop_times.txt': `${small['stop_times.txt']}${table('t2,C,1,0', 't2,B2,2,8300', 't2,A2,3,12400', 't3,A,1,0', 't3,B,2,4100', 't3,C,3,12400')}`,
    };
    const [line] = await published(context, changed);
    assert.equal(
      line?.stops.map(({ id }) => id),
      ['A', 'B', 'C', 'B2', 'A2'],
    );
    assert.equal(line?.ways, [
      { stops: ['A', 'B', 'C'], alongM: [0, 4100, 12_400] },
      { stops: ['C', 'B2', 'A2'], alongM: [0, 8300, 12_400] },
    ]);
  });

  test('kilometres are metres to the millimetre, and a fare is that of the feed', async context => {
    const times =
      'trip_id,stop_id,stop_sequence,shape_dist_traveled\nt1,A,1,0.1\nt1,B,2,4.2003\nt1,C,3,12.5001\n';
    const gtfs = await zipOf(context, { 'stop_times.txt': times });
    const linesFile = `${temporaryDirectory(context)}/lines.yaml`;
    await linesFileOf({ gtfs, gtfsLine: ['2'] }, linesFile);
    const { route } = readLine(linesFile, '2');
    assert.ok(route !== undefined);
    assert.equal(
      route.patterns[0]?.stops.map(({ alongM }) => alongM),
      [0, 4100.3, 12_400.1],
    );
    assert.equal(wayBetween(route, 'B', 'C'), wayBetween(routeOf(await readGtfs(gtfs, '2'), '2'), 'B', 'C'));
  });

  test('names: English from translations.txt, by stop or by name; else the same text', async context => {
    const row = (...cells: string[]) => cells.join(',');
    assert.equal(await names(context, '前门'), ['前门', '前门']);
    assert.equal(await names(context, '前门', row('stops', 'stop_name', 'en', 'Qianmen', 'A', '')), [
      '前门',
      'Qianmen',
    ]);
    assert.equal(await names(context, '前门', row('stops', 'stop_name', 'en-GB', 'Qianmen', '', '前门')), [
      '前门',
      'Qianmen',
    ]);
    const others = [
      row('stops', 'stop_name', 'ja', 'ぜんもん', 'A', ''),
      row('stops', 'stop_desc', 'en', 'A gate', 'A', ''),
      row('routes', 'stop_name', 'en', 'Gate', 'A', ''),
      row('stops', 'stop_name', 'en', 'Gate', 'B', ''),
    ];
    assert.equal(await names(context, '前门', ...others), ['前门', '前门']);
    const older = { 'translations.txt': 'trans_id,lang,translation\nA,en,Gate\n' };
    assert.is((await published(context, older, '2'))[0]?.stops[0]?.en, 'A');
  });

  test('a name that is too long for a display is cut, what cannot be shown is left out', async context => {
    const long = '海'.repeat(19);
    assert.equal(await names(context, long), [`${'海'.repeat(17)}…`, long]);
    assert.equal(await names(context, '海'.repeat(18)), ['海'.repeat(18), '海'.repeat(18)]);
    assert.equal(await names(context, `${'𠀀'.repeat(10)}`), [`${'𠀀'.repeat(8)}…`, '𠀀'.repeat(10)]);
    const english = `stops,stop_name,en,${'Long Road '.repeat(5)},A,`;
    assert.equal(await names(context, '前\u200b门', english), [
      '前门',
      'Long Road Long Road Long Road Long Ro…',
    ]);
    assert.equal(await names(context, '\u200b'), ['A', 'A']);
  });

  test('a stop has whatever id GTFS allows, if it can be shown', async context => {
    for (const id of ['东直门 外/1:2#a', '𠀀'.repeat(64), '=1+1', 'e\u0301', '站'.repeat(64)]) {
      const linesFile = `${temporaryDirectory(context)}/lines.yaml`;
      await linesFileOf({ gtfs: await zipOf(context, calling(id)), gtfsLine: ['2'] }, linesFile);
      const { stops, route } = readLine(linesFile, '2');
      assert.is(stops[0]?.id, id);
      assert.is(stops[0]?.name.zh.slice(0, 1), id.slice(0, 1), 'a stop without a name is called by its id');
      assert.is(route?.patterns[0]?.stops[0]?.id, id);
    }
  });

  test('what no validator could use is told with its place', async context => {
    for (const id of ['a'.repeat(65), 'a\u200bb', 'a\u202eb', 'a\u2028b', 'a\u0007'])
      assert.match(
        await problemsOf(context, calling(id)),
        /feed\.zip: stops\.txt line 2: stop_id: of a stop of line 2: must be 1 to 64 printable/,
        JSON.stringify(id),
      );
    const ids = Array.from({ length: 201 }, (_, i) => `S${i}`);
    const stops = ids.map((id, i) => `${id},${id},39.9,${116 + i / 1000}`);
    const times = ids.map((id, i) => `t1,${id},${i}`);
    assert.match(
      await problemsOf(context, {
        'stops.txt': table('stop_id,stop_name,stop_lat,stop_lon', ...stops),
        'stop_times.txt': table('trip_id,stop_id,stop_sequence', ...times),
      }),
      /feed\.zip: line 2: stops: .*200/,
    );
  });

  test('more than a validator reads: refused, with what can be done', async context => {
    const lines = Array.from({ length: 130 }, (_, i) => String(i + 1));
    const stopsOf = (line: string) => Array.from({ length: 100 }, (_, i) => `${line}-${i}`);
    const gtfs = await zipOf(context, {
      'routes.txt': table(
        'route_id,agency_id,route_short_name,route_type',
        ...lines.map(l => `r${l},b,${l},3`),
      ),
      'stops.txt': table(
        'stop_id,stop_name,stop_lat,stop_lon',
        ...lines.flatMap(l => stopsOf(l).map((id, i) => `${id},${id},39.9,${116 + i / 1000}`)),
      ),
      'trips.txt': table('route_id,service_id,trip_id', ...lines.map(l => `r${l},daily,t${l}`)),
      'stop_times.txt': table(
        'trip_id,stop_id,stop_sequence',
        ...lines.flatMap(l => stopsOf(l).map((id, i) => `t${l},${id},${i}`)),
      ),
    });
    const linesFile = `${temporaryDirectory(context)}/lines.yaml`;
    const problem = String(await linesFileOf({ gtfs }, linesFile).catch(String));
    assert.match(
      problem,
      new RegExp(`feed\\.zip: lines\\.json would be \\d+ bytes long, at most ${maxLinesBytes}`),
    );
    assert.match(problem, /--gtfs-line/);
    assert.is(await linesFileOf({ gtfs, gtfsLine: ['7', '8'] }, linesFile), linesFile);
    assert.is(readLine(linesFile, '8').stops.length, 100);
  });
});
