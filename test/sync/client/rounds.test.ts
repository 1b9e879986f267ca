/** When the feed is asked, over hours of a simulated time: while there is no network, and when there is one again. */
import * as assert from 'uvu/assert';
import { createPause, watchForLink } from '../../../sync/client/polling.ts';
import { createRounds, type RoundsTime } from '../../../sync/client/rounds.ts';
import { suite } from '../../harness.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** A round that finds no network: nothing answers until the time limit is over. */
const failingMs = 10_000;
const lookMs = 1000;

interface Script {
  readonly pollMs?: number;
  /** From 0 to 1, for the jitter. */
  readonly random?: () => number;
  /** The feed answers from then on, in milliseconds. */
  readonly answersFromMs: number;
  readonly endMs: number;
  /** What happens, by when. */
  readonly at?: Readonly<Record<number, (act: Acts) => void>>;
}

interface Acts {
  /** A cable, a modem or a wireless network. */
  linkUp(): void;
  askNow(): void;
}

class Over extends Error {}

/** @returns when each round began, in milliseconds, and whether it succeeded */
async function play({ pollMs = minuteMs, random = () => 0.5, answersFromMs, endMs, at = {} }: Script) {
  const asked: { readonly atMs: number; readonly succeeded: boolean }[] = [];
  const events = Object.entries(at).map(([ms, act]) => ({ ms: Number(ms), act }));
  const address = { address: '', netmask: '', family: 'IPv4', mac: '', internal: false } as const;
  let interfaces: Record<string, (typeof address & { cidr: string })[]> = {};
  let now = 0;

  /** What happens in between does so at its own time. @returns early where it wakes */
  function pass(ms: number, isWoken: () => boolean = () => false): void {
    const until = now + ms;
    for (const event of events.splice(0)) {
      if (event.ms > until || isWoken()) {
        events.push(event);
        continue;
      }
      now = Math.max(now, event.ms);
      event.act({
        askNow: rounds.askNow,
        linkUp: () => {
          interfaces = { ...interfaces, eth0: [{ ...address, cidr: '192.0.2.7/24' }] };
        },
      });
    }
    if (!isWoken()) now = until;
  }

  const time: RoundsTime = {
    now: () => now,
    async sleep(ms, signal) {
      pass(ms, () => signal.aborted);
    },
  };
  const rounds = createRounds({
    async round() {
      if (now > endMs) throw new Over();
      const succeeded = now >= answersFromMs;
      asked.push({ atMs: now, succeeded });
      if (!succeeded) pass(failingMs);
      return { succeeded, madeProgress: succeeded };
    },
    pause: createPause(pollMs, random),
    news: [watchForLink(() => interfaces)],
    alwaysNews: () => false,
    time,
  });
  await rounds.run().catch(error => {
    if (!(error instanceof Over)) throw error;
  });
  return asked;
}

suite('feed client: rounds', test => {
  test('the whole day without a network: it is tried again within a minute, whatever the jitter', async () => {
    for (const pollMs of [30_000, minuteMs, 24 * hourMs]) {
      for (const random of [() => 0, () => 0.5, () => 1]) {
        const asked = await play({
          pollMs,
          random,
          answersFromMs: Number.POSITIVE_INFINITY,
          endMs: 24 * hourMs,
        });
        const pauses = asked.slice(1).map(({ atMs }, i) => atMs - (asked[i]?.atMs ?? 0) - failingMs);
        assert.is(Math.max(...pauses) <= minuteMs, true, `${Math.max(...pauses)} ms at ${pollMs}`);
        assert.ok((pauses.at(-1) ?? 0) >= 30_000, 'and not all the time');
      }
    }
  });

  test('a network that comes back unnoticed is found within a minute', async () => {
    for (const answersFromMs of [8 * hourMs, 8 * hourMs + 17_000, 8 * hourMs + 43_210]) {
      const asked = await play({ answersFromMs, random: () => 1, endMs: answersFromMs + 5 * minuteMs });
      const first = asked.find(({ succeeded }) => succeeded)?.atMs ?? Number.NaN;
      assert.ok(first - answersFromMs <= minuteMs + failingMs, `after ${first - answersFromMs} ms`);
    }
  });

  test('a link that comes up is tried at once, in a pause or under a round that fails', async () => {
    for (let afterMs = 0; afterMs < minuteMs + failingMs; afterMs += 3100) {
      const upAt = 8 * hourMs + afterMs;
      const asked = await play({
        answersFromMs: upAt,
        endMs: upAt + 5 * minuteMs,
        at: { [upAt]: ({ linkUp }) => linkUp() },
      });
      const first = asked.find(({ succeeded }) => succeeded)?.atMs ?? Number.NaN;
      const underRound = asked.some(({ atMs }) => atMs < upAt && upAt <= atMs + failingMs);
      assert.ok(first - upAt <= lookMs + (underRound ? failingMs : 0), `after ${first - upAt} ms`);
    }
  });

  test('a link that is up before the network behind it is: tried again after a second, two, four', async () => {
    const upAt = 8 * hourMs;
    const asked = await play({
      answersFromMs: upAt + minuteMs,
      endMs: upAt + 2 * minuteMs,
      at: { [upAt]: ({ linkUp }) => linkUp() },
    });
    const after = asked.filter(({ atMs }) => atMs >= upAt).map(({ atMs }) => atMs);
    const pauses = after.slice(1, 4).map((atMs, i) => atMs - (after[i] ?? 0) - failingMs);
    assert.equal(pauses, [1000, 2000, 4000]);
  });

  test('asked for at once: in a pause, under a round, and while all is well', async () => {
    const hintAt = 8 * hourMs + 5000;
    const hint = { [hintAt]: ({ askNow }: Acts) => askNow() };
    for (const answersFromMs of [0, hintAt]) {
      const asked = await play({ pollMs: hourMs, answersFromMs, endMs: hintAt + minuteMs, at: hint });
      const next = asked.find(({ atMs }) => atMs >= hintAt)?.atMs ?? Number.NaN;
      const underRound = asked.some(
        ({ atMs, succeeded }) => !succeeded && atMs < hintAt && hintAt <= atMs + failingMs,
      );
      assert.ok(next - hintAt <= (underRound ? failingMs : 0), `after ${next - hintAt} ms`);
    }
  });

  test('a link that comes up while all is well is no reason to ask', async () => {
    const usual = { answersFromMs: 0, endMs: hourMs };
    const at = { [hourMs / 2]: ({ linkUp }: Acts) => linkUp() };
    assert.equal(await play({ ...usual, at }), await play(usual));
  });

  test('news without end, as of a clock that jumps: a failing feed is asked once a second at most', async () => {
    let now = 0;
    let asked = 0;
    const rounds = createRounds({
      async round() {
        if (now >= minuteMs || asked === 1000) throw new Over();
        asked++;
        now += 10;
        return { succeeded: false, madeProgress: false };
      },
      pause: createPause(minuteMs, () => 0.5),
      news: [() => true],
      alwaysNews: () => false,
      time: {
        now: () => now,
        async sleep(ms) {
          now += ms;
        },
      },
    });
    await rounds.run().catch(error => assert.instance(error, Over));
    assert.ok(asked >= 50 && asked <= 60, `${asked} rounds in a minute`);
  });
});
