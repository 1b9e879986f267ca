/** Writes a whole cache at once, as a generation of its own: where it is delivered without a feed. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';
import { createLinkMac } from '../feed/link-mac.ts';
import { type Links, partitionsOf } from '../feed/links.ts';
import { type Statuses, statusDigest } from '../feed/statuses.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { candidates, newGenerationName, putIntoUse, versionOfName } from './directory.ts';
import { buildGeneration } from './generation-builder.ts';
import { digestOf } from './generation-links.ts';
import { readFeedRow } from './generation-rows.ts';
import { keyOrder } from './schema.ts';
import type { AnnouncedState } from './seal.ts';

export interface CacheContent {
  /** Under which the tokens were made. */
  readonly key: FleetKey;
  readonly version: number;
  /** Unix milliseconds */
  readonly linksAsOf: number;
  /** Unix milliseconds */
  readonly statusAsOf: number;
  /** In ascending order of their tokens, none twice. */
  readonly links: Links;
  readonly statuses: Statuses;
}

/**
 * Puts it into use; what was in use stays as the previous generation. Must not run while a sync is at work there.
 * @throws FeedError when the links are not in order; Error when it cannot be written. What was in use then still is
 */
export function writeCache(directory: string, { key, links, statuses, ...about }: CacheContent): void {
  const mac = createLinkMac(key);
  const parts = partitionsOf(links);
  const partitions = parts.map((part, i) => ({
    links: part.slots.length,
    slots: statuses.counts[i] ?? 0,
    digest: digestOf(mac, part),
  }));
  const sum = partitions.reduce((total, part) => total + part.links, 0);
  if (sum !== links.slots.length) throw new FeedError('the links are not in the order of their tokens');
  const state: AnnouncedState = {
    ...about,
    snapshot: about.version,
    keyId: key.id,
    statusDigest: statusDigest(statuses),
    partitions,
  };
  const name = newGenerationName(directory, about.version);
  const builder = buildGeneration(join(directory, name), key);
  try {
    for (const i of keyOrder) builder.addPartition(i, parts[i] ?? noLinks, partitions[i] ?? nothing);
    builder.finish(state, statuses);
  } catch (error) {
    builder.discard();
    throw error;
  }
  putIntoUse(directory, name);
}

const noLinks: Links = { tokens: new BigUint64Array(0), slots: new Uint32Array(0) };
const nothing = { links: 0, digest: '0'.repeat(32) };

/** One more than the version in use in a directory, whatever key it is under; 1 where there is none. */
export function nextVersion(directory: string): number {
  return Math.max(0, ...candidates(directory).map(name => versionIn(directory, name))) + 1;
}

/** Deltas take a generation further than its name says. */
function versionIn(directory: string, name: string): number {
  try {
    const db = new Database(join(directory, name), { readonly: true });
    try {
      return Math.max(versionOfName(name), readFeedRow(db).version);
    } finally {
      db.close();
    }
  } catch {
    return versionOfName(name);
  }
}
