/** The feed's part of the bench: a city's links published, fetched, imported, looked up; and the firmware at it. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { serveFeed } from '../../../sim/backoffice/feed-server.ts';
import { feedPlaces } from '../../../sim/backoffice/publisher/feed-places.ts';
import { lastIndex } from '../../../sim/backoffice/publisher/publish-index.ts';
import { createHttp } from '../../../sync/client/http.ts';
import { syncOnce } from '../../../sync/client/sync-once.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { type Figure, say } from '../report.ts';
import { people } from '../test-stand.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { measureImport } from './import.ts';
import { measureLive } from './live.ts';
import { measureLookUps } from './look-ups.ts';
import { startPublisher } from './publisher.ts';

/** @param links 20 million for the required figures */
export async function measureFeed(directory: string, links: number): Promise<Figure[]> {
  const feed = join(directory, 'feed');
  const cache = join(directory, 'synced');
  const imported = join(directory, 'imported');
  mkdirSync(directory, { recursive: true });
  const publisher = await startPublisher(feed, links, people);
  try {
    const { tookS } = await publisher.publish({ order: 'snapshot' });
    say(`  a snapshot of ${links} links published in ${tookS.toFixed(1)} s`);
    const wire = await measureWire(feed, cache);
    const imports = measureImport(feed, imported, directory);
    const lookUps = measureLookUps(directory, imported, feed);
    rmSync(imported, { recursive: true });
    const live = await measureLive(join(directory, 'stand'), { feed, cache, links, publisher });
    return [...wire, ...imports, ...lookUps, ...live];
  } finally {
    await publisher.close();
  }
}

/** Every byte of both directions, headers and all. */
async function measureWire(feed: string, cache: string): Promise<Figure[]> {
  const { public: files, fleetKeys, initialRoot } = feedPlaces(feed);
  const server = await serveFeed(files, 0);
  const proxy = await startCountingProxy(server.port);
  const sync = async () => {
    const http = createHttp({ timeoutMs: 10_000 });
    const settings = {
      url: proxy.url,
      rootFile: initialRoot,
      keys: readFleetKeys(fleetKeys),
      directory: cache,
    };
    const { links } = await syncOnce(settings, http);
    await http.close();
    return proxy.take() / links;
  };
  const wireBytesPerLink = await sync();
  const links = lastIndex(feed)?.links ?? Number.NaN;
  const nothingNewBytes = Math.round((await sync()) * links);
  await proxy.close();
  await server.close();
  return [
    { name: 'feed.wireBytesPerLink', value: wireBytesPerLink, required: { atMost: 7 } },
    { name: 'feed.statusBytesPerSlot', value: statusBytesPerSlot(feed), required: { atMost: 0.06 } },
    { name: 'feed.nothingNewBytes', value: nothingNewBytes, required: { atMost: 3072 } },
  ];
}

function statusBytesPerSlot(feed: string): number {
  const index = lastIndex(feed);
  if (index === undefined) throw new Error('nothing published');
  const slots = index.partitions.reduce((sum, partition) => sum + partition.slots, 0);
  return statSync(join(feedPlaces(feed).files, index.status.file.sha256)).size / slots;
}
