/**
 * The firmware with a feed of full size, from outside: how soon a delta is live, what a full import does to taps, and
 * how much memory all of it takes.
 *
 * A version is live when the firmware says that its look-ups answer from it; the time counts from the moment its
 * timestamp was published. Taps are timed while the feed is polled and has nothing new, then while a snapshot of other
 * people is fetched and imported, to which no delta leads: the same cards, answered from the old data all the while.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveFeed } from '../../../sim/backoffice/feed-server.ts';
import { feedPlaces } from '../../../sim/backoffice/publisher/feed-places.ts';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { startFirmwareUnderTest } from '../firmware-under-test.ts';
import { cardOf } from '../people.ts';
import { type Figure, say } from '../report.ts';
import { median, quantile } from '../statistics.ts';
import { createTestStand, people, type TestStand } from '../test-stand.ts';
import type { BenchPublisher } from './publisher.ts';

export interface FeedUnderTest {
  /** The feed's directory. */
  readonly feed: string;
  /** A link cache with the version that is published. */
  readonly cache: string;
  readonly links: number;
  readonly publisher: BenchPublisher;
}

const pollS = 0.5;
const warmUpTaps = 300;
const idleTaps = 1500;
const liveLimitMs = 180_000;
/** What changes in a day, of the links; and what may change in some minutes, of the statuses. */
const changedLinks = 200_000;
const changedStatusShare = 0.01;

export async function measureLive(directory: string, under: FeedUnderTest): Promise<Figure[]> {
  const { fleetKeys, initialRoot, public: files } = feedPlaces(under.feed);
  const server = await serveFeed(files, 0);
  const feed = { url: server.url, root: initialRoot, pollS };
  const stand = await createTestStand(directory, { fleetKeys, links: under.cache, feed });
  const live = createLiveWatch();
  const firmware = await startFirmwareUnderTest(stand.configFile, live.hear);
  const stopCamera = stand.streamScene();
  try {
    const deltaLiveS = await timeDelta(under, live);
    const idle = (await tap(stand, tapped => tapped < warmUpTaps + idleTaps)).slice(warmUpTaps);
    const { busy, importLiveS } = await tapWhileImporting(stand, under, live);
    say(`  ${busy.length} taps while ${under.links} links were imported`);
    const p99 = { idle: quantile(idle, 0.99), busy: quantile(busy, 0.99) };
    return [
      { name: 'feed.deltaLiveS', value: deltaLiveS, required: { atMost: 5 } },
      { name: 'feed.importLiveS', value: importLiveS },
      { name: 'feed.idleTapMs', value: { p50: median(idle), p99: p99.idle } },
      { name: 'feed.importTapMs', value: { p50: median(busy), p99: p99.busy } },
      { name: 'feed.tapP99OverIdle', value: p99.busy / p99.idle, required: { atMost: 2 } },
      { name: 'feed.firmwareRssMb', value: peakMb(firmware.pid), required: { atMost: 250 } },
    ];
  } finally {
    stopCamera();
    await firmware.stop();
    await stand.close();
    await server.close();
  }
}

/** At most a tenth of the links, for a feed that is smaller than a city's. */
async function timeDelta({ feed, links, publisher }: FeedUnderTest, live: LiveWatch): Promise<number> {
  const changed = 2 * Math.floor(Math.min(changedLinks, links / 10) / 2);
  const statuses = Math.floor(links * 0.8 * changedStatusShare);
  const { version, tookS, bytesWritten } = await publisher.publish({
    order: 'changes',
    links: changed,
    statuses,
  });
  say(
    `  ${changed} links and ${statuses} statuses changed: published in ${tookS.toFixed(1)} s, ${bytesWritten} bytes`,
  );
  return live.since(version, publishedAt(feed));
}

async function tapWhileImporting(stand: TestStand, { feed, publisher }: FeedUnderTest, live: LiveWatch) {
  const { version, tookS } = await publisher.publish({ order: 'snapshot' });
  say(`  a snapshot published in ${tookS.toFixed(1)} s`);
  const busy = await tap(stand, () => !live.has(version));
  return { busy, importLiveS: await live.since(version, publishedAt(feed)) };
}

/** @returns milliseconds of each tap */
async function tap(stand: TestStand, goOn: (tapped: number) => boolean): Promise<number[]> {
  const tookMs: number[] = [];
  while (goOn(tookMs.length)) tookMs.push(await stand.tap(cardOf(tookMs.length % people)));
  return tookMs;
}

type LiveWatch = ReturnType<typeof createLiveWatch>;

/** Hears from the log which version look-ups are answered from, and since when. */
function createLiveWatch() {
  const liveAt = new Map<unknown, number>();
  return {
    hear({ event, usable, version, time }: LogLine) {
      if (event === 'links' && usable === true) liveAt.set(version, Date.parse(String(time)));
    },
    has: (version: number) => liveAt.has(version),
    /** @returns seconds from `from` (Unix milliseconds) until it was live */
    async since(version: number, from: number): Promise<number> {
      const deadline = performance.now() + liveLimitMs;
      while (!liveAt.has(version)) {
        if (performance.now() > deadline)
          throw new Error(`version ${version} was not live in ${liveLimitMs} ms`);
        await sleep(20);
      }
      return ((liveAt.get(version) ?? Number.NaN) - from) / 1000;
    },
  };
}

/** Unix milliseconds: the timestamp is the last thing a publication writes. */
function publishedAt(feed: string): number {
  return statSync(join(feedPlaces(feed).metadata, 'timestamp.json')).mtimeMs;
}

/** The most the process has ever had, as the kernel counts it. */
function peakMb(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
