import * as assert from 'uvu/assert';
import type { BusEvent } from '../../../sim/bus/commands/command.ts';
import { type Facts, mismatches } from '../../../sim/scenarios/expectations.ts';
import type { Expectation } from '../../../sim/scenarios/format/schema.ts';
import { suite } from '../../harness.ts';

const tapped: BusEvent = {
  event: 'tap',
  verdict: 'abnormal',
  status: 'red',
  fareTaken: false,
  fareFen: 0,
  stop: '2-07',
  validator: 'front',
  passenger: 'zhou-red',
  passengerScreen: {
    light: 'red',
    lines: ['┌────┐', '│ 请联系 司乘人员 │', '└────┘', 'Please speak to the crew'],
  },
  crewScreen: { light: 'red', lines: ['健康码异常', '红码'] },
};
const answers: Readonly<Record<string, string>> = {
  status: 'bus-1-front: WORKS\nservice  full',
  cache:
    'directory     /x\nversion       3\nlinks         13\npersons       12\nstate         NOT USABLE: stale-links',
};

function facts(changes: Partial<Facts> = {}): Facts {
  return {
    result: tapped,
    refusal: undefined,
    posts: ['front'],
    log: () => [{ event: 'part-fault', level: 'error', part: 'gnss', kind: 'timeout' }],
    heard: (post, audience) =>
      post === 'front' ? [audience === 'crew' ? '健康码异常' : '滴，请联系司乘人员'] : [],
    hearingMs: 50,
    since: { heard: () => [], log: () => [] },
    screen: (post, audience) => ({ light: 'off', lines: [`${post} ${audience}`] }),
    purse: who => (who === 'zhou-red' ? { balanceFen: 4850, sequence: 2, ride: null, log: [] } : undefined),
    console: async (_post, command) => answers[command] ?? `unknown command ${command}`,
    journal: async post => ({
      rows: post === 'front' ? 3 : 1,
      byVerdict: post === 'front' ? { pass: 2, abnormal: 1 } : { pass: 1 },
    }),
    ...changes,
  };
}

async function keys(expectation: Expectation, changes?: Partial<Facts>): Promise<string[]> {
  return (await mismatches(expectation, facts(changes))).map(({ key }) => key);
}

async function only(expectation: Expectation, changes?: Partial<Facts>) {
  const [found, ...more] = await mismatches(expectation, facts(changes));
  assert.is(more.length, 0);
  assert.ok(found !== undefined, JSON.stringify(expectation));
  return { expected: found.expected, got: found.got };
}

suite('expectations of a scenario', test => {
  test('a settled day by its figures', async () => {
    const revenueFen = { 't-union': 225, bmac: 100, 'ride-code': 150 };
    const day = { result: { event: 'settled', rides: 5, unfinished: 1, revenueFen } };
    assert.equal(await keys({ settled: { rides: 5, unfinished: 1, 't-union': 225, bmac: 100 } }, day), []);
    assert.equal(await keys({ settled: { rides: 4 } }, day), ['settled']);
    assert.equal(await keys({ settled: { 'ride-code': 100 } }, day), ['settled']);
    assert.equal(await keys({ settled: { rides: 5 } }), ['settled'], 'a tap is no day');
  });

  test('the purse of the passenger whom the command names, and what the card has paid', async () => {
    const paid = { result: { ...tapped, paidFen: 150, step: 'off' } };
    assert.equal(await keys({ paidFen: 150, step: 'off', balanceFen: 4850, openRide: false }, paid), []);
    assert.equal(await keys({ paidFen: 100, step: 'on', balanceFen: 5000, openRide: true }, paid), [
      'paidFen',
      'step',
      'balanceFen',
      'openRide',
    ]);
    assert.equal(await keys({ balanceFen: 4850 }, { result: { ...tapped, passenger: 'wang' } }), [
      'balanceFen',
    ]);
  });

  test('each kind as it is', async () => {
    const asItIs: Expectation = {
      event: 'tap',
      verdict: 'abnormal',
      status: 'red',
      fareTaken: false,
      fareFen: 0,
      stop: '2-07',
      light: 'red',
      passenger: ['请联系司乘人员', 'Please speak'],
      crew: '健康码 异常',
      said: 'front: zhou-red: abnormal (red)',
      journal: { rows: 3, pass: 2, abnormal: 1, repeat: 0 },
      console: { status: ['WORKS', 'service full'] },
      cache: { version: 3, links: 13, persons: 12, state: 'stale-links' },
      log: { event: 'part-fault', part: 'gnss' },
      heard: { passenger: '滴, 请联系司乘人员', crew: '健康码异常' },
    };
    assert.equal(await mismatches(asItIs, facts()), []);
    assert.equal(
      await mismatches({ error: 'expected' }, facts({ refusal: 'one of front, rear is expected' })),
      [],
    );
    assert.equal(await keys({ reason: 'expired' }, { result: { event: 'tap', reason: 'expired' } }), []);
  });

  test('each kind otherwise', async () => {
    const otherwise: Expectation = {
      event: 'card-lost',
      verdict: 'pass',
      reason: 'expired',
      status: 'green',
      fareTaken: true,
      fareFen: 100,
      stop: '2-01',
      light: 'green',
      passenger: '请上车',
      crew: ['健康码异常', '黄码'],
      said: 'pass',
      error: 'no',
      journal: { rows: 4 },
      console: { status: 'OUT OF SERVICE' },
      cache: { links: 12 },
      log: { event: 'part-fault', part: 'camera' },
      heard: '滴',
    };
    assert.equal((await keys(otherwise)).sort(), Object.keys(otherwise).sort());
  });

  test('what is told of a difference', async () => {
    assert.equal(await only({ verdict: 'pass' }), { expected: 'pass', got: 'abnormal' });
    assert.equal(await only({ reason: 'expired' }), { expected: 'expired', got: 'none' });
    assert.equal(await only({ crew: ['健康码异常', '黄码'] }), {
      expected: '黄码',
      got: '健康码异常 / 红码',
    });
    assert.equal(await only({ journal: { rows: 3, pass: 1 } }), { expected: 'pass 1', got: 'pass 2' });
    assert.equal(await only({ cache: { state: 'fresh' } }), {
      expected: 'fresh',
      got: 'NOT USABLE: stale-links',
    });
    assert.equal(await only({ error: 'x' }), { expected: 'x', got: 'no error' });
    assert.equal(await only({ heard: { crew: '健康码' } }), { expected: '健康码', got: '健康码异常' });
    assert.equal(await only({ heard: '滴' }, { posts: ['rear'] }), { expected: '滴', got: 'silence' });
    assert.match((await only({ log: { part: 'x' } })).got, 'timeout');
    assert.is((await only({ log: { event: 'links' } })).got, 'no such line');
  });

  test('nothing', async () => {
    assert.equal(await keys({ heard: 'nothing', happens: 'nothing' }), []);
    const heard = {
      log: () => [],
      heard: (_post: string, to: string) => (to === 'crew' ? ['健康码异常'] : []),
    };
    assert.equal(await only({ heard: 'nothing' }, { since: heard }), {
      expected: 'nothing',
      got: '健康码异常',
    });
    assert.equal(await keys({ heard: { passenger: 'nothing' } }, { since: heard }), []);
    assert.equal(await keys({ happens: 'nothing' }, { since: heard }), ['happens']);
    const logged = (event: string) => ({ heard: () => [], log: () => [{ event, level: 'info' }] });
    assert.equal(await keys({ happens: 'nothing' }, { since: logged('part-fault') }), ['happens']);
    assert.equal(await keys({ happens: 'nothing' }, { since: logged('links') }), []);
  });

  test('a prompt that begins a moment later is waited for', async () => {
    const said: string[] = [];
    setTimeout(() => said.push('滴', '滴，刷码成功'), 30);
    const late = { heard: () => said, hearingMs: 60_000 };
    assert.equal(await keys({ heard: '滴，刷码成功' }, late), []);
  });

  test('screens of now where nothing was presented, both validators where none is named', async () => {
    const posts = ['front', 'rear'] as const;
    const nothing = { result: { event: 'waited' }, posts };
    assert.equal(await keys({ passenger: 'passenger', crew: 'crew', light: 'off' }, nothing), []);
    assert.equal(await only({ passenger: 'front' }, nothing), {
      expected: 'front',
      got: 'rear: rear passenger',
    });
    assert.equal(await only({ light: 'red' }, nothing), { expected: 'red', got: 'front: off' });
    assert.equal(await keys({ journal: { rows: 4, pass: 3 } }, nothing), []);
    assert.equal(await only({ verdict: 'pass' }, nothing), { expected: 'pass', got: 'none' });
  });

  test('a console or a journal that does not answer is a difference', async () => {
    const refused = () => {
      throw new Error('connection refused');
    };
    assert.is((await only({ console: { status: 'WORKS' } }, { console: refused })).got, 'connection refused');
    assert.is((await only({ journal: { rows: 0 } }, { journal: refused })).got, 'connection refused');
  });
});
