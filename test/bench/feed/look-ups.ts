/**
 * Look-ups in caches of several sizes, hits and misses: warm, in one that has been used for a while; and cold, the first in
 * one just opened, whose pages the kernel has been told to forget.
 *
 * The sizes take turns, some hundred look-ups each, and only what was measured in the same round is compared: the p99 of
 * something that takes microseconds is mostly what else the machine did meanwhile (docs/decisions/045).
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LinkLookup } from '../../../device/core/check.ts';
import { candidates } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { readLinks } from '../../../sync/cache/generation-links.ts';
import { createLookUp, type LookUp } from '../../../sync/cache/look-up.ts';
import { writeCache } from '../../../sync/cache/write-cache.ts';
import { createLinkMac } from '../../../sync/feed/link-mac.ts';
import type { FleetKey } from '../../../sync/fleet-keys.ts';
import { assignSlots } from '../../../sync/publisher/assign-slots.ts';
import { currentKey } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { noPeople } from '../../../sync/publisher/table/people-columns.ts';
import type { Figure } from '../report.ts';
import { median, quantile } from '../statistics.ts';
import { drawPeople } from './people.ts';

const sizes = [1000, 1_000_000];
const warmUpRounds = 20;
const rounds = 200;
const perRound = 500;
const coldSamples = 150;
/** Of the tokens that are there, some of so many partitions: as many at each size, or the heap would be measured too. */
const partitionsSampled = 16;
const tokensPerPartition = 256;
const pageBytes = 4096;
/** Times as long in the largest cache as in the smallest. */
const flat = 4;
/** A city’s cache needs eight pages, one after the other: of the changes, and down the trees of links and statuses. */
const coldReads = 20;

const kinds = ['hit', 'miss'] as const;
type Kind = (typeof kinds)[number];

interface Subject {
  readonly size: number;
  /** Of the generation. */
  readonly path: string;
  /** Each 8 bytes, one after the other. */
  readonly tokens: Readonly<Record<Kind, Uint8Array>>;
}

/** Microseconds, for each size; in the same place of every list: measured in the same round. */
type Rounds = ReadonlyMap<number, readonly number[]>;

/** @param large a cache of the feed's own size */
export function measureLookUps(directory: string, large: string, feed: string): Figure[] {
  const key = currentKey(feed);
  const links = lastIndex(feed)?.links ?? Number.NaN;
  const drawn = sizes
    .filter(size => size < links)
    .map(size => subject(drawCache(directory, size, key), size, key));
  const all = [...drawn, subject(large, links, key)];
  const warm = timeWarm(all, key);
  const cold = timeCold(all, key);
  const spreads = kinds.flatMap(kind => [growth(warm[kind]), growth(cold[kind])]);
  const read = median(cold.read);
  return [
    { name: 'cache.lookupP99Us', value: bySize(warm.hit, median) },
    { name: 'cache.missP99Us', value: bySize(warm.miss, median) },
    { name: 'cache.coldLookupP99Us', value: bySize(cold.hit, p99) },
    { name: 'cache.coldMissP99Us', value: bySize(cold.miss, p99) },
    { name: 'cache.lookupSpread', value: Math.max(...spreads), required: { atMost: flat } },
    {
      name: 'cache.coldLookupReads',
      value: Math.max(...[...cold.hit.values()].map(tookUs => median(tookUs) / read)),
      required: { atMost: coldReads },
    },
  ];
}

function drawCache(directory: string, size: number, key: FleetKey): string {
  const cache = join(directory, `cache-${size}`);
  const { links, statuses } = assignSlots(drawPeople(size, noPeople), String);
  const asOf = Date.now();
  writeCache(cache, { key, version: 1, linksAsOf: asOf, statusAsOf: asOf, links, statuses });
  return cache;
}

function bySize(took: Rounds, of: (us: readonly number[]) => number): Record<string, number> {
  return Object.fromEntries([...took].map(([size, us]) => [String(size), of(us)]));
}

function p99(us: readonly number[]): number {
  return quantile(us, 0.99);
}

/** How many times as long it takes in a larger cache as in the smallest, in the median round. */
function growth(took: Rounds): number {
  const [smallest = [], ...others] = took.values();
  const ratios = others.map(us => median(us.map((value, round) => value / (smallest[round] ?? Number.NaN))));
  return Math.max(1, ...ratios);
}

/** @returns the p99 of each round */
function timeWarm(subjects: readonly Subject[], key: FleetKey): Record<Kind, Rounds> {
  const opened = subjects.map(({ path, tokens, size }) => {
    const generation = open(path, key);
    const took: Record<Kind, number[]> = { hit: [], miss: [] };
    return { size, tokens, took, close: () => generation.db.close(), lookUp: createLookUp(generation) };
  });
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (const { lookUp, tokens, took } of round % 2 === 0 ? opened : opened.toReversed()) {
      for (const kind of kinds) {
        const us = Array.from({ length: perRound }, (_, i) =>
          timeOne(lookUp, tokens, kind, round * perRound + i),
        );
        if (round >= warmUpRounds) took[kind].push(p99(us));
      }
    }
  }
  for (const { close } of opened) close();
  const of = (kind: Kind) => new Map(opened.map(({ size, took }) => [size, took[kind]]));
  return { hit: of('hit'), miss: of('miss') };
}

/** Beside each, how long the disk takes to read one page of the largest cache. */
function timeCold(
  subjects: readonly Subject[],
  key: FleetKey,
): Record<Kind, Rounds> & { readonly read: number[] } {
  const took = { hit: new Map<number, number[]>(), miss: new Map<number, number[]>(), read: [] as number[] };
  for (const { size } of subjects) for (const kind of kinds) took[kind].set(size, []);
  for (let turn = 0; turn < coldSamples; turn++) {
    for (const { size, path, tokens } of subjects) {
      for (const kind of kinds) took[kind].get(size)?.push(timeFirst(path, key, tokens, kind, turn));
    }
    took.read.push(timeRead(subjects.at(-1)?.path ?? '', turn / coldSamples));
  }
  return took;
}

function timeFirst(path: string, key: FleetKey, tokens: Subject['tokens'], kind: Kind, turn: number): number {
  const generation = open(path, key);
  const lookUp = createLookUp(generation);
  forget(path);
  const us = timeOne(lookUp, tokens, kind, turn);
  generation.db.close();
  return us;
}

/** One page. @param part of the file, from 0 to 1 */
function timeRead(path: string, part: number): number {
  const page = Buffer.alloc(pageBytes);
  const at = pageBytes * Math.floor((part * statSync(path).size) / pageBytes);
  const fd = openSync(path, 'r');
  forget(path);
  const us = timed(() => void readSync(fd, page, 0, pageBytes, at));
  closeSync(fd);
  return us;
}

/** posix_fadvise(DONTNEED), which Node has not, and dd has. */
function forget(path: string): void {
  execFileSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
    stdio: 'ignore',
  });
}

function open(path: string, key: FleetKey) {
  return openGeneration(path, [key], { readonly: true });
}

function subject(cache: string, size: number, key: FleetKey): Subject {
  const path = join(cache, candidates(cache)[0] ?? '');
  const { db } = open(path, key);
  const mac = createLinkMac(key);
  const sampled = Array.from({ length: partitionsSampled }, (_, i) => (i * 256) / partitionsSampled);
  const found = sampled.flatMap(partition => spreadOver(readLinks(db, mac, partition).tokens));
  db.close();
  const hit = Buffer.alloc(8 * found.length);
  // By a step that has no factor in common with most lengths.
  found.forEach((_, i) => void hit.writeBigUInt64BE(found[(i * 7919) % found.length] ?? 0n, 8 * i));
  return { size, path, tokens: { hit, miss: randomFillSync(new Uint8Array(hit.length)) } };
}

function spreadOver(tokens: BigUint64Array): bigint[] {
  const step = Math.max(1, tokens.length / tokensPerPartition);
  return [...tokens.filter((_, i) => Math.floor(i / step) > Math.floor((i - 1) / step))];
}

function timeOne(lookUp: LookUp, tokens: Subject['tokens'], kind: Kind, turn: number): number {
  const at = (8 * turn) % tokens[kind].length;
  const token = tokens[kind].subarray(at, at + 8);
  return timed(() => expectFound(lookUp(token), kind === 'hit'));
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
