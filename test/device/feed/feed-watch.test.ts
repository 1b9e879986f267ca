import * as assert from 'uvu/assert';
import type { FeedClientEvents, SyncOutcome } from '../../../device/data-ports.ts';
import { watchFeed } from '../../../device/feed/feed-watch.ts';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const minuteMs = 60_000;
const news: SyncOutcome = {
  version: 7,
  previousVersion: 6,
  how: 'delta',
  bytes: 900,
  links: 12,
  denied: 0,
  renewed: [],
  unusable: [],
  expiry: { root: 2e12, targets: 2e12, snapshot: 2e12 },
};
const nothingNew: SyncOutcome = { ...news, previousVersion: 7, how: 'none', bytes: 0 };

function watch({ after }: TestContext) {
  const told: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const calls: string[] = [];
  let now = 1_654_000_000_000;
  const write =
    (level: string) =>
    (event: string, fields: object = {}) =>
      void logged.push({ level, event, ...fields });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  let events: FeedClientEvents | undefined;
  const feed = watchFeed(
    {
      part: { ready: () => told.push('ready'), fault: error => told.push(error.message) },
      addExpiry: () => ({ ready: () => told.push('expiry ready'), fault: error => told.push(error.message) }),
      log,
      clock: () => now,
      age: () => now,
      fed: () => calls.push('fed'),
      links: {
        lookAfter: () => calls.push('lookAfter'),
        abandon: (generation, why) => calls.push(`abandon ${generation}: ${why}`),
      },
      texts: [{ reload: () => calls.push('reload') }],
    },
    given => {
      events = given;
      return {
        syncNow: () => calls.push('syncNow'),
        replace: generation => calls.push(`replace ${generation}`),
        close: async () => void calls.push('close'),
      };
    },
  );
  after(() => feed.close());
  if (events === undefined) throw new Error('the client was not started');
  const heard = events;
  return {
    feed,
    events: heard,
    told,
    logged,
    calls,
    pass: (ms: number) => {
      now += ms;
    },
    refuse: (kind: DeviceErrorKind, message = 'no answer') =>
      heard.refused(new DeviceError(kind, 'feed', message), 6),
    /** What the part says last, between two things it was told. */
    state: () => told.at(-1),
  };
}

suite('feed watch', test => {
  test('ready from the start, before the network has said anything', context => {
    const { told, feed } = watch(context);
    assert.equal(told, ['ready']);
    assert.equal(feed.state(), { lastSuccess: undefined, problem: undefined });
  });

  test('a tunnel is no fault; five minutes without a success are, and a success mends it', context => {
    const { refuse, state, pass, events } = watch(context);
    events.synced(news);
    for (let minute = 0; minute < 5; minute++) {
      refuse(minute % 2 === 0 ? 'disconnected' : 'timeout');
      assert.is(state(), 'ready', `${minute} min`);
      pass(minuteMs);
    }
    refuse('disconnected');
    assert.is(state(), 'no answer');
    events.synced(nothingNew);
    assert.is(state(), 'ready');
  });

  test('after the syncing thread’s death the newest that is wrong is told, until a success', context => {
    const { refuse, state, events } = watch(context);
    events.synced(news);
    events.fault(new DeviceError('disconnected', 'feed', 'the syncing thread ended'));
    refuse('timeout', 'too slow');
    assert.is(state(), 'too slow');
  });

  test('five minutes count from the last success, or from the start', context => {
    const { refuse, state, pass, events } = watch(context);
    pass(4 * minuteMs);
    refuse('timeout');
    assert.is(state(), 'ready');
    events.synced(nothingNew);
    pass(4 * minuteMs);
    refuse('timeout');
    assert.is(state(), 'ready');
    pass(minuteMs);
    refuse('timeout');
    assert.is(state(), 'no answer');
  });

  test('the fault comes by itself, however rarely the feed is asked', async context => {
    const { refuse, state, pass } = watch(context);
    refuse('disconnected', 'unplugged');
    pass(5 * minuteMs);
    await until('the fault', () => state() === 'unplugged');
  });

  test('what is no matter of the network is a fault at once, and stays one in a tunnel, in its present words', context => {
    for (const kind of ['protocol', 'storage', 'config'] as const) {
      const { refuse, state, events } = watch(context);
      refuse(kind, `is ${kind}`);
      assert.is(state(), `is ${kind}`);
      refuse('disconnected');
      assert.is(state(), 'no answer');
      events.synced(news);
      assert.is(state(), 'ready');
    }
  });

  test('the syncing thread’s death is a fault at once', context => {
    const { events, state, feed } = watch(context);
    events.fault(new DeviceError('disconnected', 'feed', 'the syncing thread: ended'));
    assert.is(state(), 'the syncing thread: ended');
    assert.is(feed.state().problem?.text, 'the syncing thread: ended');
    events.synced(nothingNew);
    assert.is(state(), 'ready');
  });

  test('the same refusal is logged once in ten minutes, another one at once', context => {
    const { refuse, pass, logged, events } = watch(context);
    for (let i = 0; i < 20; i++) {
      refuse('disconnected');
      pass(minuteMs / 2);
    }
    assert.equal(logged, [
      { level: 'warn', event: 'feed-refused', problem: 'no answer', kind: 'disconnected', kept: 6 },
    ]);
    refuse('disconnected');
    assert.is(logged.length, 2);
    refuse('protocol', 'status 500');
    assert.is(logged.length, 3);
    events.synced(nothingNew);
    refuse('protocol', 'status 500');
    assert.is(logged.filter(({ event }) => event === 'feed-refused').length, 4);
  });

  test('a date that the clock contradicts is logged once in ten minutes, whatever the clock says by then', context => {
    const { refuse, pass, logged, state } = watch(context);
    for (let second = 10; second < 60; second += 10) {
      refuse('protocol', `timestamp.json is expired, the clock says 2022-06-01T08:00:${second}.123Z`);
      pass(10_000);
    }
    assert.is(logged.length, 1);
    assert.match(state() ?? '', /08:00:50/);
    pass(10 * minuteMs);
    refuse('protocol', 'timestamp.json is expired, the clock says 2022-06-01T08:11:00.123Z');
    assert.is(logged.length, 2);
  });

  test('of a reason that whoever answers has made long, the beginning is told', context => {
    const { refuse, logged, state } = watch(context);
    refuse('protocol', `content-encoding ${'x'.repeat(16_000)}`);
    assert.match(state() ?? '', /^content-encoding x{100,}$/);
    assert.ok(JSON.stringify(logged).length < 1000);
  });

  test('a text that cannot be used is told once, and is no fault of the feed', context => {
    const { told, logged, events } = watch(context);
    const problem = 'policy.yaml: nested more than 100 deep';
    for (const _ of [1, 2]) events.synced({ ...nothingNew, unusable: [problem] });
    const refusals = logged.filter(({ event }) => event === 'feed-text-refused');
    assert.equal(refusals, [{ level: 'error', event: 'feed-text-refused', problem }]);
    assert.is(told.at(-1), 'ready');
  });

  test('a success is news or not, looks after the cache and the policy', context => {
    const { events, logged, calls } = watch(context);
    events.synced(nothingNew);
    events.synced(news);
    events.synced({ ...nothingNew, renewed: ['policy.yaml'] });
    assert.equal(
      logged.map(({ level, event }) => `${level} ${event}`),
      ['debug feed-synced', 'info feed-synced', 'info feed-synced'],
    );
    const { level: _level, event: _event, ...told } = logged[1] ?? {};
    const { unusable: _, expiry: __, ...outcome } = news;
    assert.equal(told, outcome);
    const each = ['lookAfter', 'fed', 'reload'];
    assert.equal(calls, [...each, ...each, ...each]);
  });

  test('damaged generations are abandoned, proved ones told of; requests are passed on', async context => {
    const { events, logged, calls, feed } = watch(context);
    events.damaged('links-1-1.sqlite', 'partition 3');
    events.proved('links-2-1.sqlite');
    assert.equal(logged, [
      { level: 'error', event: 'cache-damaged', generation: 'links-1-1.sqlite', why: 'partition 3' },
      { level: 'info', event: 'cache-proved', generation: 'links-2-1.sqlite' },
    ]);
    feed.syncNow();
    feed.replace('links-2-1.sqlite');
    await feed.close();
    const expected = [
      'abandon links-1-1.sqlite: partition 3',
      'syncNow',
      'replace links-2-1.sqlite',
      'close',
    ];
    assert.equal(calls, expected);
  });

  test('state tells of the last success, and since when it fails; who logs in is told nobody', context => {
    const { events, refuse, pass, feed, logged, told } = watch(context);
    events.synced(news);
    const at = feed.state().lastSuccess?.at ?? 0;
    pass(minuteMs);
    refuse('disconnected', 'http://bus:secret@feed/metadata: refused');
    pass(minuteMs);
    refuse('protocol', 'http://bus:secret@feed/metadata: status 500');
    assert.equal(feed.state(), {
      lastSuccess: { at, how: 'delta', version: 7 },
      problem: { text: 'http://***@feed/metadata: status 500', since: at + minuteMs },
    });
    assert.not.match(JSON.stringify([logged, told]), 'secret');
  });
});
