/**
 * Look-ups in caches of several sizes, hits and misses in turn: warm, in one that has been used for a while; and cold,
 * the first in one just opened, whose file the kernel has been told to forget.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import type { LinkLookup } from '../../../device/core/check.ts';
import { candidates } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { readLinks } from '../../../sync/cache/generation-links.ts';
import { createLookUp } from '../../../sync/cache/look-up.ts';
import { createLinkMac } from '../../../sync/feed/link-mac.ts';
import type { FleetKey } from '../../../sync/fleet-keys.ts';
import { quantile } from '../statistics.ts';

export interface LookUpTimes {
  /** p99 in microseconds */
  readonly hit: number;
  readonly miss: number;
}

const warmUp = 20_000;
const warmSamples = 50_000;
const coldSamples = 150;
/** Of the tokens that are there, so many from so many partitions. */
const partitionsSampled = 16;

export function timeWarm(cache: string, key: FleetKey): LookUpTimes {
  const { hits, misses } = tokensFor(cache, key);
  const generation = open(cache, key);
  const lookUp = createLookUp(generation);
  const time = (tokens: readonly Uint8Array[], found: boolean) => {
    for (let i = 0; i < warmUp; i++) expectFound(lookUp(pick(tokens, i)), found);
    return quantile(
      Array.from({ length: warmSamples }, (_, i) => timed(() => expectFound(lookUp(pick(tokens, i)), found))),
      0.99,
    );
  };
  const times = { hit: time(hits, true), miss: time(misses, false) };
  generation.db.close();
  return times;
}

export function timeCold(cache: string, key: FleetKey): LookUpTimes {
  const { hits, misses } = tokensFor(cache, key);
  const time = (tokens: readonly Uint8Array[], found: boolean) =>
    quantile(
      Array.from({ length: coldSamples }, (_, i) => {
        forget(pathOf(cache));
        const generation = open(cache, key);
        const lookUp = createLookUp(generation);
        const tookUs = timed(() => expectFound(lookUp(pick(tokens, i)), found));
        generation.db.close();
        return tookUs;
      }),
      0.99,
    );
  return { hit: time(hits, true), miss: time(misses, false) };
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
