/** The feed's part of the bench: a city's links published, fetched, imported, looked up; and the firmware at it. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '../../../sync/client/http.ts';
import { syncOnce } from '../../../sync/client/sync-once.ts';
import { openKeyRing } from '../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../sync/keys/keys-file.ts';
import { currentKey } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { serveFeed } from '../../../sync/publisher/feed-server.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { count, runPart } from '../part.ts';
import type { Figure } from '../report.ts';
import { people } from '../test-stand.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { measureImport } from './import.ts';
import { measureLive } from './live.ts';
import { measureLookUps } from './look-ups.ts';
import { startPublisher } from './publisher.ts';

await runPart(async ({ directory, measure }) => {
  const links = count('BENCH_LINKS', 20_000_000);
  const feed = join(directory, 'feed');
  const cache = join(directory, 'synced');
  const imported = join(directory, 'imported');
  const publisher = await startPublisher(feed, links, people);
  try {
    const first = await publisher.publish({ order: 'snapshot' });
    const isSynced = await measure('bytes on the wire', () => measureWire(feed, cache));
    if (await measure('import', async () => measureImport(feed, imported, directory)))
      await measure('look-ups', async () => measureLookUps(directory, imported, feed));
    rmSync(imported, { recursive: true, force: true });
    if (!isSynced) throw new Error('without a link cache there is nothing for the firmware to begin with');
    await measureLive(join(directory, 'stand'), { feed, cache, links, publisher, first }, measure);
  } finally {
    await publisher.close();
  }
});

/** Every byte of both directions, headers and all. */
async function measureWire(feed: string, cache: string): Promise<Figure[]> {
  const { public: files, deviceKeys, initialRoot } = feedPlaces(feed);
  const server = await serveFeed(files, 0);
  const proxy = await startCountingProxy(server.port);
  const sync = async () => {
    const http = createHttp({ timeoutMs: 10_000 });
    const settings = {
      url: proxy.url,
      rootFile: initialRoot,
      keys: await openKeyRing(readKeysFile(deviceKeys), cache),
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
    { name: 'feed.keyFileBytes', value: keyFileBytes(feed) },
    { name: 'feed.nothingNewBytes', value: nothingNewBytes, required: { atMost: 3072 } },
  ];
}

function keyFileBytes(feed: string): number {
  const folder = join(feedPlaces(feed).keys, currentKey(feed).id);
  return Math.max(...readdirSync(folder).map(name => statSync(join(folder, name)).size));
}

function statusBytesPerSlot(feed: string): number {
  const index = lastIndex(feed);
  if (index === undefined) throw new Error('nothing published');
  const slots = index.partitions.reduce((sum, partition) => sum + partition.slots, 0);
  return statSync(join(feedPlaces(feed).files, index.status.file.sha256)).size / slots;
}
