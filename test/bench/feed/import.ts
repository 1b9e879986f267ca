/**
 * Importing a snapshot whose files have all arrived, against the barest loop that could: the same keys, sorted
 * beforehand, put into the same kind of table by better-sqlite3, one prepared INSERT a row, nothing checked or synced.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readPointer } from '../../../sync/cache/directory.ts';
import { keyOrder } from '../../../sync/cache/schema.ts';
import type { Arrivals } from '../../../sync/client/arrivals.ts';
import { carryOutSnapshot } from '../../../sync/client/carry-out.ts';
import { planSync } from '../../../sync/client/plan.ts';
import { createContentCipher, openFile } from '../../../sync/feed/content-cipher.ts';
import type { FeedIndex } from '../../../sync/feed/index-file.ts';
import { decodePartition } from '../../../sync/feed/partition.ts';
import { currentKey } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import type { Figure } from '../report.ts';

/** @param cache where it leaves the imported cache */
export function measureImport(feed: string, cache: string, scratch: string): Figure[] {
  const index = lastIndex(feed);
  if (index === undefined) throw new Error('nothing published');
  const { links } = index;
  const bareS = timeBareInserts(index, feed, join(scratch, 'bare.sqlite'));
  const importS = timeImport(index, feed, cache);
  const pointer = readPointer(cache);
  const bytes = statSync(join(cache, pointer?.current ?? '')).size;
  return [
    { name: 'cache.importLinksPerS', value: links / importS, required: { atLeast: 500_000 } },
    { name: 'cache.bareInsertsPerS', value: links / bareS },
    { name: 'cache.importOverBare', value: bareS / importS, required: { atLeast: 0.8 } },
    { name: 'cache.bytesPerLink', value: bytes / links, required: { atMost: 21 } },
  ];
}

function timeImport(index: FeedIndex, feed: string, cache: string): number {
  const plan = planSync(index, undefined, new Set());
  if (plan.how !== 'snapshot') throw new Error(plan.how);
  const goal = { index, key: currentKey(feed), linksAsOf: Date.now(), statusAsOf: Date.now() };
  const started = performance.now();
  carryOutSnapshot(cache, undefined, plan, goal, arrivedFiles(feed));
  return (performance.now() - started) / 1000;
}

function timeBareInserts(index: FeedIndex, feed: string, path: string): number {
  const keys = sortedKeys(index, feed);
  const db = new Database(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec('CREATE TABLE link (token INTEGER PRIMARY KEY, slot INTEGER NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO link VALUES (?, ?)');
  const started = performance.now();
  db.exec('BEGIN');
  for (let i = 0; i < keys.length; i++) insert.run(keys[i], i);
  db.exec('COMMIT');
  const tookS = (performance.now() - started) / 1000;
  db.close();
  rmSync(path);
  return tookS;
}

function sortedKeys(index: FeedIndex, feed: string): BigInt64Array {
  const { read } = arrivedFiles(feed);
  const keys = new BigInt64Array(index.links);
  let at = 0;
  for (const partition of keyOrder) {
    const file = index.snapshot.partitions[partition]?.file;
    if (file === undefined || file === null) continue;
    const { tokens } = decodePartition(read(file), partition, file);
    keys.set(new BigInt64Array(tokens.buffer, tokens.byteOffset, tokens.length), at);
    at += tokens.length;
  }
  return keys;
}

function arrivedFiles(feed: string): Arrivals {
  const { files } = feedPlaces(feed);
  const cipher = createContentCipher(currentKey(feed));
  return {
    fetch: () => Promise.resolve(),
    read: file => openFile(readFileSync(join(files, file.sha256)), file, cipher),
    keepOnly: () => undefined,
  };
}
