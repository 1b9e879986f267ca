/** Writes a snapshot: all links in partition files, and a new cache of the publisher's own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newGenerationName, putIntoUse } from '../cache/directory.ts';
import { buildGeneration } from '../cache/generation-builder.ts';
import { digestOf } from '../cache/generation-links.ts';
import { keyOrder } from '../cache/schema.ts';
import { FeedError } from '../feed/feed-error.ts';
import { packFile } from '../feed/feed-file.ts';
import type { FeedIndex, SnapshotPartition } from '../feed/index-file.ts';
import { createLinkMac } from '../feed/link-mac.ts';
import { type Links, partitionsOf } from '../feed/links.ts';
import { encodePartition } from '../feed/partition.ts';
import { encodeStatuses, type Statuses, statusDigest } from '../feed/statuses.ts';
import type { FleetKey } from '../fleet-keys.ts';
import type { FeedFiles } from './feed-files.ts';

export interface Snapshot {
  readonly version: number;
  readonly links: Links;
  readonly statuses: Statuses;
}

/** Writes its files. @returns the index that names them */
export function writeSnapshot(
  { version, links, statuses }: Snapshot,
  key: FleetKey,
  files: FeedFiles,
): FeedIndex {
  const mac = createLinkMac(key);
  const partitions = partitionsOf(links).map((part, partition): SnapshotPartition => {
    const count = part.slots.length;
    const file =
      count === 0 ? null : files.put(packFile(encodePartition(partition, part), 'noise'), 'of an epoch');
    return { links: count, slots: statuses.counts[partition] ?? 0, digest: digestOf(mac, part), file };
  });
  const file = files.put(packFile(encodeStatuses(statuses), 'runs'));
  return {
    format: 1,
    version,
    keyId: key.id,
    links: links.slots.length,
    snapshot: { version, partitions },
    partitions: partitions.map(({ links, slots, digest }) => ({ links, slots, digest })),
    linkDeltas: [],
    status: { file, sha256: statusDigest(statuses), deltas: [] },
  };
}

/** Keeps the state as a validator would; how fresh it is does not matter here. */
export function cacheSnapshot(
  directory: string,
  { links, statuses }: Snapshot,
  index: FeedIndex,
  key: FleetKey,
): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = newGenerationName(directory, index.version);
  const builder = buildGeneration(join(directory, name), key);
  const parts = partitionsOf(links);
  for (const partition of keyOrder) {
    const [part, expected] = [parts[partition], index.partitions[partition]];
    if (part === undefined || expected === undefined) throw new FeedError(`no partition ${partition}`);
    builder.addPartition(partition, part, expected);
  }
  const { version, keyId, partitions, status } = index;
  const state = { version, snapshot: version, keyId, partitions, linksAsOf: 0, statusAsOf: 0 };
  builder.finish({ ...state, statusDigest: status.sha256 }, statuses);
  putIntoUse(directory, name);
}
