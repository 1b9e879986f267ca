import { duplexPair } from 'node:stream';
import * as assert from 'uvu/assert';
import { alarmOf } from '../../../device/alarms/alarms.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { startSession } from '../../../device/console/session.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { LinkStoreState } from '../../../device/data-ports.ts';
import type { FeedState } from '../../../device/feed/feed-watch.ts';
import type { PartStatus } from '../../../device/parts.ts';
import type { TapReport } from '../../../device/tap/tap-report.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { keepLog } from './kept-log.ts';

const now = Date.parse('2022-06-10T08:00:00+08:00');
const part = (kind: PartStatus['kind'], problem?: string): PartStatus => {
  return {
    kind,
    name: `${kind}-1`,
    working: problem === undefined,
    problem,
    alarm: problem === undefined ? undefined : alarmOf(kind, problem),
    note: '',
    since: now - 5000,
    failures: { before: 0, last: [] },
  };
};
const fresh: LinkStoreState = {
  usable: true,
  version: 9,
  links: 12,
  slots: 10,
  denied: 3,
  keyId: 'k1',
  linksAsOf: now,
  statusAsOf: now,
};
const journal = { current: () => undefined, append: () => undefined, close: () => undefined };

/** A feed that has been asked for `asked` times. */
function feedOf(state: FeedState) {
  const feed = { asked: 0, state: () => state, syncNow: () => void feed.asked++ };
  return feed;
}

function contextOf(
  parts: readonly PartStatus[],
  links: LinkStoreState = fresh,
  feed: ReturnType<typeof feedOf> | undefined = undefined,
) {
  const taps = new Set<(report: TapReport) => void>();
  const context = {
    version: '1.2.3',
    startedAt: now - 60_000,
    config: {
      device: 'bus-1-front',
      line: '2',
      links: { cache: '/links' },
      journal: '/journal',
      feed: feed && { url: 'https://bus:secret@feed.example/', root: '/root.json', pollS: 60 },
    },
    feed,
    policy: () => pilotPolicy,
    parts: { list: () => parts, onChange: () => () => undefined },
    links: { describe: () => links },
    journal,
    crew: { state: () => ({}) },
    validator: {
      onTap(listener: (report: TapReport) => void) {
        taps.add(listener);
        return () => taps.delete(listener);
      },
    },
    maintenance: { selftest: { last: () => undefined } },
    keysKeptIn: 'a file',
    sm2Engine: 'native',
    clock: () => now,
    monotonic: () => now,
    flooded: () => undefined,
    log: keepLog(),
    whereabouts: { stop: () => undefined },
    time: { now: () => now, state: () => ({ source: 'system', plausible: true, problem: undefined }) },
  };
  return { context: context as unknown as ConsoleContext, taps };
}

const working = [part('journal'), part('card-reader'), part('code-reader'), part('links')];

function open({ after }: TestContext, given = contextOf(working)) {
  const [far, near] = duplexPair();
  startSession(near, given.context);
  let output = '';
  far.setEncoding('utf8');
  far.on('data', chunk => {
    output += chunk;
  });
  after(() => far.destroy());
  return {
    ...given,
    far,
    output: () => output,
    async type(text: string, expected: RegExp) {
      const before = output.length;
      far.write(text);
      return until(String(expected), () =>
        expected.test(output.slice(before)) ? output.slice(before) : undefined,
      );
    },
  };
}

suite('console session', test => {
  test('greets, prompts, echoes what is typed', async context => {
    const { type, output } = open(context);
    await until('the prompt', () => output().includes('bus-1-front> '));
    await type('vers', /vers$/);
  });

  test('CR, LF and CRLF each end one line', async context => {
    for (const end of ['\r', '\n', '\r\n']) {
      const answer = await open(context).type(`version${end}`, /1\.2\.3[\s\S]*bus-1-front> /);
      assert.is(answer.match(/firmware/g)?.length, 1, JSON.stringify(end));
      assert.is(answer.match(/bus-1-front> /g)?.length, answer.includes('Type help') ? 2 : 1);
    }
  });

  test('backspace, both kinds, takes back a character', async context => {
    for (const back of ['\b', '\x7f']) {
      assert.match(await open(context).type(`versiox${back}n\r`, /firmware/), '1.2.3');
    }
  });

  test('help names every command; an unknown one is said to be so', async context => {
    const { type } = open(context);
    const help = await type('help\r', /explain/);
    for (const name of ['status', 'version', 'config', 'readers', 'cache', 'feed', 'sync', 'journal'])
      assert.match(help, name);
    assert.match(await type('bogus\x1b[31m\r', /unknown command/), 'Type help');
  });

  test('status: works, works with faults and which first, out of service', async context => {
    assert.match(await open(context).type('status\r', /up for/), 'bus-1-front: WORKS\r\n');
    const faulty = [
      ...working.slice(0, 2),
      part('feed', 'status 500'),
      part('code-reader', 'no frames'),
      part('links', 'missing'),
    ];
    const answer = await open(context, contextOf(faulty, { usable: false, why: 'missing' })).type(
      'status\r',
      /up for/,
    );
    assert.match(answer, 'WORKS, WITH FAULTS');
    assert.match(answer, /1\. code-reader[\s\S]*2\. feed[\s\S]*3\. links/);
    const out = await open(context, contextOf([part('journal', 'disk full'), ...working.slice(1)])).type(
      'status\r',
      /up for/,
    );
    assert.match(
      out,
      /OUT OF SERVICE\r\n {2}1\. journal journal-1: disk full; .*\(for 5 s, since 2022-06-10 07:59:55 \+08:00\)\. Make room/,
    );
  });

  test('cache says when the data is too old, or from the future', async context => {
    const old: LinkStoreState = { ...fresh, statusAsOf: now - 7_200_000, linksAsOf: now };
    const { type } = open(context, contextOf(working, old));
    const cache = await type('cache\r', /status as of[^\n]*\n/);
    assert.match(cache, /state +NOT USABLE: stale-status/);
    assert.match(cache, /status as of.* 2 h old, limit 60 min/);
    const ahead = open(context, contextOf(working, { ...fresh, statusAsOf: now + 7_200_000 }));
    const answer = await ahead.type('cache\r', /status as of[^\n]*\n/);
    assert.match(answer, /NOT USABLE: future-data[\s\S]*2 h ahead of the clock/);
  });

  test('cache names directory, version, what it holds and under which key; and why it cannot be used', async context => {
    const answer = await open(context).type('cache\r', /status as of[^\n]*\n/);
    for (const row of [
      /directory +\/links/,
      /version +9/,
      /links +12/,
      /persons +10/,
      /denied +3/,
      /fleet key +k1/,
      /state +fresh/,
    ])
      assert.match(answer, row);
    const none = open(context, contextOf(working, { usable: false, why: 'cut short' }));
    assert.match(
      await none.type('cache\r', /state[^\n]*\n/),
      /directory +\/links[\s\S]*NOT USABLE: cut short/,
    );
  });

  test('feed: not configured, not yet answered, works, fails and since when; nobody’s password', async context => {
    const state = (feed?: FeedState) =>
      open(context, contextOf(working, fresh, feed && feedOf(feed))).type(
        'feed\r',
        /(configured|last version)[^\n]*\n/,
      );
    const lastSuccess = { at: now - 30_000, how: 'delta', version: 41 };
    const problem = { text: 'no answer', since: now - 180_000 };
    assert.match(await state(), 'not configured');
    const silent = await state({ lastSuccess: undefined, problem: undefined });
    for (const row of [/state +not yet answered/, /last success +none since the start/, /asked every +60 s/])
      assert.match(silent, row);
    const works = await state({ lastSuccess, problem: undefined });
    for (const row of [
      /state +works/,
      /last success +2022-06-10 07:59:30.*30 s ago: version 41/,
      /last version +41/,
    ])
      assert.match(works, row);
    const fails = await state({ lastSuccess, problem });
    assert.match(fails, /state +FAILS for 3 min: no answer/);
    assert.match(fails, /url +https:\/\/\*\*\*@feed\.example/);
    assert.not.match(fails, 'secret');
  });

  test('status tells of the feed in a line', async context => {
    const line = async (feed?: FeedState) =>
      /feed +[^\r]*/.exec(
        await open(context, contextOf(working, fresh, feed && feedOf(feed))).type('status\r', /journal {2}/),
      )?.[0];
    const lastSuccess = { at: now - 30_000, how: 'none', version: 41 };
    assert.match((await line()) ?? '', 'not configured');
    assert.match(
      (await line({ lastSuccess, problem: undefined })) ?? '',
      /30 s ago: version 41, nothing new/,
    );
    const problem = { text: 'no answer', since: now - 180_000 };
    assert.match((await line({ lastSuccess, problem })) ?? '', 'FAILS for 3 min: no answer');
  });

  test('sync asks the feed, where there is one', async context => {
    const feed = feedOf({ lastSuccess: undefined, problem: undefined });
    await open(context, contextOf(working, fresh, feed)).type('sync\r', /\r\nasked/);
    assert.is(feed.asked, 1);
    await open(context).type('sync\r', /not configured/);
  });

  test('explain waits for a tap; Ctrl-C ends the wait; a closed line does too', async context => {
    const { type, taps, far } = open(context);
    await type('explain\r', /present a card/);
    assert.is(taps.size, 1);
    await type('\x03', /no longer waiting/);
    assert.is(taps.size, 0);
    await type('explain\r', /present a card/);
    far.end();
    await until('the wait is over', () => taps.size === 0);
  });

  test('commands pasted together are answered in their order; Ctrl-C forgets a line begun', async context => {
    const { type } = open(context);
    const answers = await type('version\rstatus\r\rbogus\r', /unknown command/);
    assert.match(answers, /firmware[\s\S]*WORKS[\s\S]*unknown command: bogus/);
    assert.match(await type('garb\x03version\r', /firmware/), '1.2.3');
  });

  test('Ctrl-D and Ctrl-Z are not obeyed', async context => {
    const { type } = open(context);
    assert.match(await type('\x04\x1aversion\r', /firmware/), '1.2.3');
  });

  test('a line without end, binary junk: bounded, and the next command is answered', async context => {
    const { type, output, far } = open(context);
    assert.match(await type(`${'x'.repeat(1 << 20)}\r`, /unknown command/), /unknown command: x{40}\./);
    assert.ok(output().length < 5000, 'what is beyond the limit is not echoed');
    const junk = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256));
    far.write(junk);
    assert.match(await type('\r\rversion\r', /firmware/), '1.2.3');
  });

  test('gnss: what is known of the receiver, and that there is none', async context => {
    assert.match(await open(context).type('gnss\r', /configured/), 'not configured');
    const given = contextOf([part('gnss', 'nothing heard for 1900 ms')]);
    const position = { latitudeDeg: -39.8986, longitudeDeg: 116.3917 };
    const fix = { time: now, receivedAt: performance.now() - 65_000, position, satellites: 7 };
    const config = { ...given.context.config, gnss: { name: 'gnss', path: '/dev/ttyACM0', baudRate: 9600 } };
    const withFix = (lastFix: typeof fix | undefined) => {
      const way = () => ({ stops: [], source: undefined });
      const whereabouts = { lastFix: () => lastFix, stop: () => undefined, position: () => undefined, way };
      return { ...given, context: { ...given.context, config, whereabouts } as unknown as ConsoleContext };
    };
    const before = await open(context, withFix(undefined)).type('gnss\r', /stop .*/);
    assert.match(before, /last heard +not yet/);
    const answer = await open(context, withFix(fix)).type('gnss\r', /stop .*/);
    for (const expected of [
      /receiver +gnss at \/dev\/ttyACM0, 9600 baud/,
      /state +FAULT: nothing heard/,
      /last heard +65 s ago/,
      /time +2022-06-10 08:00:00/,
      /position +39\.89860 S 116\.39170 E/,
      /satellites +7/,
      /stop +not known: no position/,
    ])
      assert.match(answer, expected);
  });
});
