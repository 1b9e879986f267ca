import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { pilotFolder, small, table, zipOf } from '../../sync/publisher/gtfs/made-up-feed.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim } from '../run-sim.ts';

type Words = Readonly<Record<string, string>>;

const ordinary: Words = { gtfs: pilotFolder, line: '38', from: '38-01', to: '38-22', medium: 't-union' };

async function fare(words: Words) {
  const options = Object.entries({ ...ordinary, ...words }).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, output, errors } = await runSim(['fare', ...options]);
  return { code, errors, answer: output === '' ? undefined : JSON.parse(output) };
}

/** @returns the fare and why */
async function priced(words: Words): Promise<[number, string]> {
  const { code, answer } = await fare(words);
  assert.is(code, 0, JSON.stringify(answer));
  assert.equal(Object.keys(answer), ['fareFen', 'distanceM', 'reason']);
  assert.type(answer.distanceM, 'number');
  return [answer.fareFen, answer.reason];
}

suite('fare', test => {
  test('one JSON object: the fare in fen, the metres, the reason', async () => {
    assert.equal((await fare({})).answer, { fareFen: 300, distanceM: 26_887, reason: 'distance' });
    assert.equal((await fare({ from: '38-22', to: '38-01' })).answer, {
      fareFen: 300,
      distanceM: 26_887,
      reason: 'distance',
    });
  });

  test('who pays what', async () => {
    assert.equal(await priced({ kind: 'student' }), [150, 'distance']);
    assert.equal(await priced({ kind: 'senior' }), [0, 'free']);
    assert.equal(await priced({ medium: 'ride-code' }), [300, 'distance']);
    assert.equal(await priced({ medium: 'bmac', to: '38-01' }), [100, 'same-stop']);
  });

  test('a policy of one’s own, and its later tables by the time of boarding', async context => {
    const policy = join(temporaryDirectory(context), 'policy.yaml');
    const table = (baseFen: number) =>
      `baseFen: ${baseFen}, minimumBalanceFen: 0, distance: {includedM: 1000, stepM: 500, stepFen: 7}, ` +
      'payPercent: {rideCode: 100, ordinary: 100, student: 10, senior: 0, test: 100, military: 100, unknown: 100}';
    writeFileSync(
      policy,
      `lines: [38]
registrationFrom: 2022-05-19T00:00:00+08:00
trialFrom: 2022-05-23T00:00:00+08:00
enforcedFrom: 2022-06-01T00:00:00+08:00
freshness: {statusMaxAgeS: 3600, linksMaxAgeS: 86400}
repeatWindowS: 5
fare: {${table(30)}, changes: [{from: 2022-07-01T00:00:00+08:00, ${table(90)}, flatLines: [38]}]}
`,
    );
    const steps = Math.ceil((26_887 - 1000) / 500) * 7;
    assert.equal(await priced({ policy, at: '2022-06-30T23:59:59+08:00' }), [30 + steps, 'distance']);
    assert.equal(await priced({ policy, at: '2022-07-01T00:00:00+08:00' }), [90, 'flat']);
  });

  test('a station stands for its platforms', async context => {
    const stops = [
      'S1,Station,39.9,116,1,',
      'A,A,39.9,116,0,S1',
      'A2,A,39.9,116.0001,0,S1',
      'B,B,39.9,116.0468,,',
      'C,C,39.9,116.14,,',
    ];
    const gtfs = await zipOf(context, {
      'stops.txt': table('stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station', ...stops),
      'trips.txt': `${small['trips.txt']}r2,daily,t2\n`,
      'stop_times.txt': `${small['stop_times.txt']}t2,C,1,0\nt2,B,2,8300\nt2,A2,3,12400\n`,
    });
    const line = { gtfs, line: '2' };
    assert.equal((await fare({ ...line, from: 'S1', to: 'B' })).answer, {
      fareFen: 100,
      distanceM: 4100,
      reason: 'distance',
    });
    assert.equal(await priced({ ...line, from: 'C', to: 'S1' }), [150, 'distance']);
    assert.equal(await priced({ ...line, from: 'C', to: 'A' }), [150, 'wrong-direction']);
  });

  test('what cannot be said: exit 1, and an error that names it', async context => {
    const policy = join(temporaryDirectory(context), 'policy.yaml');
    writeFileSync(policy, 'lines: [2]\n');
    const cases: readonly [Words, RegExp][] = [
      [{ line: '99' }, /routes\.txt: no route has the route_short_name 99/],
      [{ from: 'nowhere' }, /stops\.txt has no stop_id nowhere/],
      [{ to: '2-01' }, /line 38 does not stop at 2-01/],
      [{ gtfs: '/nowhere.zip' }, /nowhere\.zip: ENOENT/],
      [{ gtfs: policy }, /policy\.yaml: /],
      [{ policy }, /policy\.yaml.*registrationFrom/],
    ];
    for (const [words, problem] of cases) {
      const { code, answer, errors } = await fare(words);
      assert.equal({ code, keys: Object.keys(answer), errors }, { code: 1, keys: ['error'], errors: '' });
      assert.match(answer.error, problem);
    }
  });

  test('wrong usage: exit 2', async () => {
    const cases: readonly [Words, RegExp][] = [
      [{ medium: 'cash' }, /t-union, bmac, ride-code/],
      [{ kind: 'baby' }, /ordinary, student/],
      [{ medium: 'ride-code', kind: 'student' }, /does not say whose it is/],
      [{ at: 'yesterday' }, /ISO 8601/],
    ];
    for (const [words, problem] of cases) {
      const { code, answer, errors } = await fare(words);
      assert.equal([code, answer], [2, undefined]);
      assert.match(errors, problem);
    }
  });
});
