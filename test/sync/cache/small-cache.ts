/** Caches of so many persons, a T-Union card each, whose statuses a test chooses. */
import { join } from 'node:path';
import { type Status, statuses as statusNames } from '../../../device/core/check.ts';
import type { LinkStore, LinkStoreState } from '../../../device/data-ports.ts';
import { applyChanges } from '../../../sync/cache/apply-changes.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { type CacheContent, writeCache } from '../../../sync/cache/write-cache.ts';
import { partitionCount, partitionOfToken, slotOf, tokenNumber } from '../../../sync/feed/links.ts';
import { createStatuses, setStatus, statusDigest, valueOfStatus } from '../../../sync/feed/statuses.ts';
import { type FleetKey, tokenOf } from '../../../sync/fleet-keys.ts';
import { fixedRing } from '../../../sync/keys/key-ring.ts';
import type { TestContext } from '../../harness.ts';

export const key: FleetKey = { id: 'k1', key: Buffer.alloc(32, 7) };
export const asOf = 1_654_000_000_000;
export const account = (i: number): string => `31051${String(i).padStart(14, '0')}`;
export const statusOfAccount = (i: number): Status => statusNames[i % 5] ?? 'unknown';

export interface SmallCache {
  readonly persons: number;
  readonly version?: number;
  /** `key` unless told. */
  readonly under?: FleetKey;
  statusOf?(i: number): Status;
  /** Where a person's slot is; in the partition of the token unless told. */
  partitionOf?(token: bigint): number;
}

export function contentOf(cache: SmallCache): CacheContent {
  const { persons, version = 1, under = key } = cache;
  const { statusOf = statusOfAccount, partitionOf = partitionOfToken } = cache;
  const rows = Array.from({ length: persons }, (_, i) => {
    return { i, token: tokenNumber(tokenOf(under, 't-union', account(i))) };
  }).sort((a, b) => (a.token < b.token ? -1 : 1));
  const counts = new Uint32Array(partitionCount);
  const slots = rows.map(({ token }) => {
    const partition = partitionOf(token);
    const local = counts[partition] ?? 0;
    counts[partition] = local + 1;
    return slotOf(partition, local);
  });
  const statuses = createStatuses(counts);
  rows.forEach(({ i }, at) => void setStatus(statuses, slots[at] ?? 0, valueOfStatus(statusOf(i))));
  const links = { tokens: BigUint64Array.from(rows, ({ token }) => token), slots: Uint32Array.from(slots) };
  return { key: under, version, linksAsOf: asOf, statusAsOf: asOf + 1, links, statuses };
}

export function writeSmallCache(directory: string, cache: SmallCache): void {
  writeCache(directory, contentOf(cache));
}

export function openStore(
  context: TestContext,
  directory: string,
  keys: readonly [FleetKey, ...FleetKey[]] = [key],
) {
  const states: LinkStoreState[] = [];
  const damaged: string[] = [];
  const store = openLinkStore(directory, fixedRing(keys), {
    changed: state => states.push(state),
    damaged: (generation, why) => damaged.push(`${generation}: ${why}`),
  });
  context.after(() => store.close());
  return { store, states, damaged };
}

export const find = (store: LinkStore, i: number) => store.find(store.tokenOf('t-union', account(i)));
export const isUnavailable = (store: LinkStore) => 'unavailable' in find(store, 1);
export const statusIn = (store: LinkStore, i = 1) => {
  const link = find(store, i);
  return 'found' in link && link.found ? link.status : undefined;
};

/** The path of the generation in use. */
export const current = (directory: string) => join(directory, readPointer(directory)?.current ?? 'none');

/** What a sync does: the next version, in place. */
export function setAll(directory: string, persons: number, version: number, status: Status): void {
  const generation = openGeneration(current(directory), [key], {});
  const content = contentOf({ persons, version, statusOf: () => status });
  const target = { ...generation.state, version, statusDigest: statusDigest(content.statuses) };
  const slotCounts = [...content.statuses.counts];
  applyChanges(generation, { links: [], statuses: content.statuses, slotCounts }, () => target);
  generation.db.close();
}
