/**
 * Look-ups in caches of several sizes, hits and misses in turn: warm, in one that has been used for a while; and cold,
 * the first in one just opened, whose pages the kernel has been told to forget.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import type { LinkLookup } from '../../../device/core/check.ts';
import { candidates } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { readLinks } from '../../../sync/cache/generation-links.ts';
import { createLookUp } from '../../../sync/cache/look-up.ts';
import { writeCache } from '../../../sync/cache/write-cache.ts';
import { createLinkMac } from '../../../sync/feed/link-mac.ts';
import type { FleetKey } from '../../../sync/fleet-keys.ts';
import { assignSlots } from '../../../sync/publisher/assign-slots.ts';
import { currentKey } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { noPeople } from '../../../sync/publisher/table/people-columns.ts';
import type { Figure } from '../report.ts';
import { quantile } from '../statistics.ts';
import { drawPeople } from './people.ts';

const sizes = [1000, 1_000_000];
const warmUp = 20_000;
const warmSamples = 50_000;
const coldSamples = 150;
/** Of the tokens that are there, those of so many partitions. */
const partitionsSampled = 16;
/** Between the sizes, for each kind of look-up. */
const flat = 4;

/** p99 in microseconds of one kind of look-up. */
interface Times {
  readonly warmHit: number;
  readonly warmMiss: number;
  readonly coldHit: number;
  readonly coldMiss: number;
}

/** @param large a cache of the feed's own size */
export function measureLookUps(directory: string, large: string, feed: string): Figure[] {
  const key = currentKey(feed);
  const links = lastIndex(feed)?.links ?? Number.NaN;
  const times = new Map<number, Times>();
  for (const size of sizes.filter(size => size < links)) {
    const cache = join(directory, `cache-${size}`);
    const { links: drawn, statuses } = assignSlots(drawPeople(size, noPeople), String);
    const asOf = Date.now();
    writeCache(cache, { key, version: 1, linksAsOf: asOf, statusAsOf: asOf, links: drawn, statuses });
    times.set(size, timeAll(cache, key));
  }
  times.set(links, timeAll(large, key));
  const bySize = (of: keyof Times) =>
    Object.fromEntries([...times].map(([size, all]) => [String(size), all[of]]));
  const spread = (of: keyof Times) => {
    const values = [...times.values()].map(all => all[of]);
    return Math.max(...values) / Math.min(...values);
  };
  const kinds = ['warmHit', 'warmMiss', 'coldHit', 'coldMiss'] as const;
  return [
    { name: 'cache.lookupP99Us', value: bySize('warmHit') },
    { name: 'cache.missP99Us', value: bySize('warmMiss') },
    { name: 'cache.coldLookupP99Us', value: bySize('coldHit') },
    { name: 'cache.coldMissP99Us', value: bySize('coldMiss') },
    { name: 'cache.lookupSpread', value: Math.max(...kinds.map(spread)), required: { atMost: flat } },
  ];
}

function timeAll(cache: string, key: FleetKey): Times {
  const { hits, misses } = tokensFor(cache, key);
  return {
    warmHit: timeWarm(cache, key, hits, true),
    warmMiss: timeWarm(cache, key, misses, false),
    coldHit: timeCold(cache, key, hits, true),
    coldMiss: timeCold(cache, key, misses, false),
  };
}

function timeWarm(cache: string, key: FleetKey, tokens: readonly Uint8Array[], found: boolean): number {
  const generation = open(cache, key);
  const lookUp = createLookUp(generation);
  for (let i = 0; i < warmUp; i++) expectFound(lookUp(pick(tokens, i)), found);
  const tookUs = Array.from({ length: warmSamples }, (_, i) =>
    timed(() => expectFound(lookUp(pick(tokens, i)), found)),
  );
  generation.db.close();
  return quantile(tookUs, 0.99);
}

function timeCold(cache: string, key: FleetKey, tokens: readonly Uint8Array[], found: boolean): number {
  const tookUs = Array.from({ length: coldSamples }, (_, i) => {
    const generation = open(cache, key);
    const lookUp = createLookUp(generation);
    forget(pathOf(cache));
    const took = timed(() => expectFound(lookUp(pick(tokens, i)), found));
    generation.db.close();
    return took;
  });
  return quantile(tookUs, 0.99);
}

/** posix_fadvise(DONTNEED), which Node has not, and dd has. */
function forget(path: string): void {
  execFileSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
    stdio: 'ignore',
  });
}

function pathOf(cache: string): string {
  return join(cache, candidates(cache)[0] ?? '');
}

function open(cache: string, key: FleetKey) {
  return openGeneration(pathOf(cache), [key], { readonly: true });
}

function tokensFor(cache: string, key: FleetKey) {
  const { db } = open(cache, key);
  const mac = createLinkMac(key);
  const spread = Array.from({ length: partitionsSampled }, (_, i) => (i * 256) / partitionsSampled);
  const hits = spread.flatMap(partition => [...readLinks(db, mac, partition).tokens].map(bytesOf));
  db.close();
  const misses = hits.map(() => randomFillSync(new Uint8Array(8)));
  return { hits: shuffled(hits), misses };
}

function bytesOf(token: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(token);
  return bytes;
}

/** By a step that has no factor in common with most lengths. */
function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item, i) => items[(i * 7919) % items.length] ?? item);
}

function pick(tokens: readonly Uint8Array[], turn: number): Uint8Array {
  const token = tokens[turn % tokens.length];
  if (token === undefined) throw new Error('no token to look up');
  return token;
}

function expectFound(link: LinkLookup | 'another version', found: boolean): void {
  if (link === 'another version' || 'unavailable' in link || link.found !== found) {
    throw new Error(`a look-up gave ${JSON.stringify(link)}`);
  }
}

/** Microseconds. */
function timed(run: () => void): number {
  const started = performance.now();
  run();
  return 1000 * (performance.now() - started);
}
