/**
 * The firmware with a feed of full size, from outside: how soon a delta is live, what a full import does to taps, and
 * how much memory all of it takes.
 *
 * A version is live when the firmware says that its look-ups answer from it; the time counts from the moment its
 * timestamp was published. Taps are timed while the feed is polled and has nothing new, then while a snapshot of other
 * people is fetched and imported, to which no delta leads: the same cards, answered from the old data all the while.
 * While something is published nobody taps, and the camera sends next to nothing: publishing is timed too.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { serveFeed } from '../../../sync/publisher/feed-server.ts';
import { withFirmware } from '../firmware-under-test.ts';
import type { Part } from '../part.ts';
import { cardOf } from '../people.ts';
import { peakMb } from '../process-memory.ts';
import { type Figure, say } from '../report.ts';
import { quantile, quantilesOf } from '../statistics.ts';
import { createTestStand, people, type TestStand } from '../test-stand.ts';
import type { PublishAnswer } from './publish-process.ts';
import type { BenchPublisher } from './publisher.ts';

export interface FeedUnderTest {
  /** The feed's directory. */
  readonly feed: string;
  /** A link cache with the version that is published. */
  readonly cache: string;
  readonly links: number;
  readonly publisher: BenchPublisher;
  /** How its snapshot was published. */
  readonly first: PublishAnswer;
}

const pollS = 0.5;
const warmUpTaps = 300;
const idleTaps = 1500;
/** Between pictures that only say that the camera is there. */
const cameraIdleMs = 5000;
const liveLimitMs = 600_000;
/** What changes in a day, of the links; and what may change in some minutes, of the statuses. */
const changedLinks = 200_000;
const changedStatusShare = 0.01;
const snapshotLimitS = 60;

export async function measureLive(
  directory: string,
  under: FeedUnderTest,
  measure: Part['measure'],
): Promise<void> {
  const { deviceKeys: fleetKeys, initialRoot, public: files } = feedPlaces(under.feed);
  const server = await serveFeed(files, 0);
  const feed = { url: server.url, root: initialRoot, pollS };
  const stand = await createTestStand(directory, { fleetKeys, links: under.cache, feed });
  const live = createLiveWatch();
  const stopCamera = stand.streamScene(cameraIdleMs);
  try {
    await withFirmware(stand.configFile, ({ pid }) => measureAtWork(stand, under, live, pid, measure), {
      onLog: live.hear,
    });
  } finally {
    stopCamera();
    await stand.close();
    await server.close();
  }
}

async function measureAtWork(
  stand: TestStand,
  under: FeedUnderTest,
  live: LiveWatch,
  pid: number,
  measure: Part['measure'],
): Promise<void> {
  const { feed, links, publisher, first } = under;
  let idle: number[] = [];
  let version = Number.NaN;
  await measure('a delta', () => measureDelta(under, live));
  await measure('taps', async () => {
    idle = (await tap(stand, tapped => tapped < warmUpTaps + idleTaps)).slice(warmUpTaps);
    return [{ name: 'feed.idleTapMs', value: quantilesOf(idle) }];
  });
  const isPublished = await measure('a snapshot', async () => {
    const again = await publisher.publish({ order: 'epoch' });
    version = again.version;
    return snapshotFigures(first, again);
  });
  if (!isPublished) return;
  await measure('taps during an import', async () => {
    const deadline = performance.now() + liveLimitMs;
    const busy = await tap(stand, () => !live.has(version) && performance.now() < deadline);
    const importLiveS = await live.since(version, publishedAt(feed));
    say(`  ${busy.length} taps while ${links} links were imported`);
    const tapMs = quantilesOf(busy);
    return [
      { name: 'feed.importLiveS', value: importLiveS },
      { name: 'feed.importTapMs', value: tapMs },
      { name: 'feed.tapP99OverIdle', value: tapMs.p99 / quantile(idle, 0.99), required: { atMost: 2 } },
      { name: 'feed.firmwareRssMb', value: peakMb(pid), required: { atMost: 220 } },
    ];
  });
}

/** At most a tenth of the links, for a feed that is smaller than a city's. */
async function measureDelta({ feed, links, publisher }: FeedUnderTest, live: LiveWatch): Promise<Figure[]> {
  const changed = 2 * Math.floor(Math.min(changedLinks, links / 10) / 2);
  const statuses = Math.floor(links * 0.8 * changedStatusShare);
  const order = { order: 'changes', links: changed, statuses } as const;
  const { version, tookS, cpuS, bytesWritten } = await publisher.publish(order);
  say(`  ${changed} links and ${statuses} statuses changed: ${bytesWritten} bytes`);
  return [
    { name: 'feed.publishChangesS', value: tookS, required: { atMost: 10 } },
    { name: 'feed.publishChangesCpuS', value: cpuS },
    { name: 'feed.deltaLiveS', value: await live.since(version, publishedAt(feed)), required: { atMost: 5 } },
  ];
}

/** The first one where there was none, and one of other people after it, under the next epoch's key. */
function snapshotFigures(first: PublishAnswer, again: PublishAnswer): Figure[] {
  const limits = { first: snapshotLimitS, again: snapshotLimitS };
  return [
    {
      name: 'feed.publishSnapshotS',
      value: { first: first.tookS, again: again.tookS },
      required: { atMost: limits },
    },
    { name: 'feed.publishSnapshotCpuS', value: { first: first.cpuS, again: again.cpuS } },
    { name: 'feed.epochChangeS', value: again.keysS + again.tookS },
  ];
}

/** @returns milliseconds of each tap */
async function tap(stand: TestStand, goOn: (tapped: number) => boolean): Promise<number[]> {
  const stopCamera = stand.streamScene();
  try {
    const tookMs: number[] = [];
    while (goOn(tookMs.length)) tookMs.push(await stand.tap(cardOf(tookMs.length % people)));
    return tookMs;
  } finally {
    stopCamera();
  }
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
