/** Which fault `status` names first, and what it says to do. */
import * as assert from 'uvu/assert';
import { alarmOf } from '../../../device/alarms/alarms.ts';
import { feed as feedCommand } from '../../../device/console/commands/feed.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { faultsOf } from '../../../device/console/faults.ts';
import { inBeijingTime } from '../../../device/console/format.ts';
import { withFreeSpace } from '../../../device/console/free-space.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { LinkStoreState } from '../../../device/data-ports.ts';
import type { FeedState } from '../../../device/feed/feed-watch.ts';
import type { PartStatus } from '../../../device/parts.ts';
import { suite } from '../../harness.ts';
import { ask } from './ask.ts';

const now = Date.parse('2022-06-10T08:00:00+08:00');
const hourMs = 3_600_000;
const minuteMs = 60_000;
const noSuccess: FeedState = { lastSuccess: undefined, problem: undefined };
const answers: FeedState = { lastSuccess: { at: now - 1000, how: 'none', version: 4 }, problem: undefined };
const fails = (text: string): FeedState => ({ ...noSuccess, problem: { text, since: now - 6 * minuteMs } });

interface World {
  readonly feed?: FeedState | undefined;
  /** How old the data is. */
  readonly ageMs?: number;
  readonly none?: string;
  /** How far GNSS is behind the clock; none heard unless given. */
  readonly gnssBehindMs?: number;
  readonly source?: string;
}

function part(kind: PartStatus['kind'], problem: string): PartStatus {
  const failures = { before: 0, last: [] };
  const alarm = alarmOf(kind, problem);
  return { kind, name: kind, working: false, problem, alarm, note: '', since: now - minuteMs, failures };
}

function lookAt(parts: readonly PartStatus[], world: World) {
  return faultsOf(contextOf(parts, world));
}

function contextOf(
  parts: readonly PartStatus[],
  { feed, ageMs = 0, none, gnssBehindMs, source = 'system' }: World,
): ConsoleContext {
  const asOf = now - ageMs;
  const links: LinkStoreState =
    none === undefined
      ? {
          usable: true,
          version: 4,
          links: 1,
          slots: 1,
          denied: 0,
          keyId: 'k',
          linksAsOf: asOf,
          statusAsOf: asOf,
        }
      : { usable: false, why: none };
  const problem = parts.find(({ kind }) => kind === 'clock')?.problem;
  const gnss = gnssBehindMs === undefined ? undefined : { offsetMs: -gnssBehindMs, agreeing: 3 };
  const context = {
    parts: { list: () => parts },
    feed: feed && { state: () => feed },
    links: { describe: () => links },
    policy: () => pilotPolicy,
    clock: () => now,
    monotonic: () => now,
    time: { now: () => now, state: () => ({ source, problem, gnss, floorMs: asOf }) },
    config: {
      journal: '/data/journal.sqlite',
      links: { cache: '/data/links' },
      feed: { url: 'https://bus:secret@feed.example/', root: '/data/root.json', pollS: 60 },
    },
  };
  return context as unknown as ConsoleContext;
}

const kinds = (faults: ReturnType<typeof lookAt>) => faults.map(({ kind }) => kind).join(' ');
const stale = part('links', 'the health-code status is older than the policy allows');
const noCache = part('links', '/data/links: no link cache');

suite('faults as the console tells them', test => {
  test('a cause stands before what it makes fail, and is as bad as that', () => {
    const feed = part('feed', 'status 503');
    const clock = part('clock', 'gnss says 2022-06-10T00:00Z: not believed');
    const gnss = part('gnss', 'nothing heard for 1900 ms');
    const reader = part('card-reader', 'the reader was unplugged');
    const given = [gnss, stale, clock, feed, reader];
    assert.is(kinds(lookAt(given, { feed: fails('status 503') })), 'card-reader clock feed links gnss');
    assert.is(kinds(lookAt([...given].reverse(), { feed: fails('x') })), 'card-reader clock feed links gnss');
    assert.is(
      kinds(lookAt([gnss, clock, part('feed-expiry', 'root.json expires')], {})),
      'feed-expiry clock gnss',
    );
    assert.is(kinds(lookAt([part('journal', 'disk full'), feed, noCache], {})), 'journal feed links');
  });

  test('a clock that is two hours fast is what is wrong, not the data', () => {
    const clock = part('clock', 'gnss says 2022-06-09T22:00Z: not followed while rides are taken');
    const world = { feed: answers, ageMs: 2 * hourMs + 3 * minuteMs, gnssBehindMs: 2 * hourMs };
    const [first, second] = lookAt([stale, clock], world);
    assert.match(first?.what ?? '', 'the clock is 2 h ahead of GNSS and of data signed 3 min ago (gnss says');
    assert.match(first?.remedy.en ?? '', 'set the board’s clock and switch off and on');
    assert.match(second?.remedy.en ?? '', 'See to the clock first');
  });

  test('before anything vouches for the clock: it is the clock or the publisher', () => {
    const [first] = lookAt([stale], { feed: answers, ageMs: 2 * hourMs });
    assert.match(
      first?.what ?? '',
      'the clock is wrong or nothing new is published: by 2022-06-10 08:00:00 +08:00',
    );
    assert.match(first?.remedy.en ?? '', 'Compare `clock` with a watch');
    const [known] = lookAt([stale], { feed: answers, ageMs: 2 * hourMs, source: 'gnss' });
    assert.is(known?.what, stale.problem);
    assert.match(known?.remedy.en ?? '', 'tell whoever runs the back office');
    const [alone] = lookAt([stale], { ageMs: 2 * hourMs });
    assert.match(alone?.what ?? '', 'the clock is wrong or nothing new was delivered');
    assert.match(alone?.remedy.en ?? '', 'If it is right, deliver a newer link cache to /data/links');
    const [delivered] = lookAt([stale], { ageMs: 2 * hourMs, source: 'synchronised' });
    assert.is(delivered?.remedy.en, 'Deliver a newer link cache to /data/links');
  });

  test('a feed that is away is why there is no cache, long before it is a fault itself', () => {
    const faults = lookAt([noCache], { feed: fails('connect ECONNREFUSED'), none: 'no link cache' });
    assert.is(kinds(faults), 'feed links');
    assert.is(faults[0]?.since, now - 6 * minuteMs);
    assert.match(
      faults[0]?.remedy.en ?? '',
      /modem, SIM and network.*Health codes cannot be checked until then/,
    );
    assert.is(
      kinds(lookAt([part('gnss', 'x')], { feed: fails('ECONNREFUSED') })),
      'gnss',
      'a tunnel is no fault',
    );
  });

  test('a feed that fails says until when health codes can be checked, and since when it fails', () => {
    const [feed] = lookAt([part('feed', 'ECONNREFUSED')], {
      feed: fails('ECONNREFUSED'),
      ageMs: 10 * minuteMs,
    });
    assert.match(feed?.remedy.en ?? '', 'Health codes can be checked until 2022-06-10 08:50:00 +08:00');
    assert.is(feed?.since, now - 6 * minuteMs, 'as the line `feed` has it, not since it was told');
  });

  test('a feed that works does not say that health codes wait for it', async () => {
    const said = (ageMs: number) => ask(feedCommand, contextOf([], { feed: answers, ageMs }));
    assert.match(await said(0), /state +works[\s\S]*can be checked until/);
    assert.match(await said(8 * hourMs), /state +works[\s\S]*cannot be checked: `status` says why/);
  });

  test('files of another user are given back; a package and a track are named as the fault names them', () => {
    const remedy = (kind: PartStatus['kind'], problem: string) =>
      lookAt([part(kind, problem)], {})[0]?.remedy.en;
    const denied = "journal open: EACCES: permission denied, open '/data/journal.sqlite'";
    assert.match(remedy('journal', denied) ?? '', /^Give the journal and its directory back/);
    const setpriv = remedy('speaker', 'setpriv is missing: install the package util-linux');
    assert.is(setpriv, 'Install the package that is named; it is used at once');
    const trackless = remedy('speaker', 'lacks prompts: di (no track in the settings)');
    assert.match(trackless ?? '', /`tracks` in the settings/);
  });

  test('the root of another feed is named, and nobody’s password', () => {
    const problem = 'https://***@feed.example/metadata/2.root.json: root was signed by 0/1 keys';
    const [feed] = lookAt([part('feed', problem), noCache], { feed: fails(problem), none: 'no link cache' });
    assert.match(
      feed?.remedy.en ?? '',
      /^\/data\/root\.json is the root of another feed than https:\/\/\*\*\*@feed/,
    );
  });

  test('storage faults name path and room; a disk that does not answer is said to be so', async () => {
    const [fault] = lookAt([part('journal', 'journal check: ENOSPC: no space left on device, write')], {});
    if (fault === undefined) throw new Error('no fault');
    const there = await withFreeSpace(fault, {
      journal: '/tmp/journal.sqlite',
      links: { cache: '/tmp', fleetKeys: '' },
    });
    assert.match(there.what, /write; \/tmp\/journal\.sqlite: \d[\d.]* [KMG]iB of \d[\d.]* [KMG]iB free$/);
    assert.match(there.remedy.en, 'Make room there');
    const gone = await withFreeSpace(fault, {
      journal: '/nowhere/j',
      links: { cache: '/nowhere', fleetKeys: '' },
    });
    assert.match(gone.what, '/nowhere/j: its disk does not say how much is free');
  });

  test('instants in others’ words are told in Beijing time', () => {
    const told = inBeijingTime(
      'expires 2022-06-09T22:00:00.000Z, says 2022-06-09T22:00Z, 2022-06-10T08:00:00+08:00',
    );
    assert.is(
      told,
      'expires 2022-06-10 06:00:00 +08:00, says 2022-06-10 06:00:00 +08:00, 2022-06-10T08:00:00+08:00',
    );
    assert.is(inBeijingTime('0000-99-99T99:99Z'), 'no time');
  });
});
