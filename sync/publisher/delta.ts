/** Writes the deltas from the published version to the next, and takes the publisher's own cache along. */
import { applyChanges, type Reached } from '../cache/apply-changes.ts';
import type { Generation } from '../cache/generation.ts';
import { packFile } from '../feed/feed-file.ts';
import { maxLinkChanges, maxStatusChanges } from '../feed/file-sizes.ts';
import type { Delta, FeedIndex } from '../feed/index-file.ts';
import { decodeLinkDelta, encodeLinkDelta, mergeLinkDeltas } from '../feed/link-delta.ts';
import {
  decodeStatusDelta,
  encodeStatusDelta,
  mergeStatusDeltas,
  type StatusChanges,
} from '../feed/status-delta.ts';
import { encodeStatuses } from '../feed/statuses.ts';
import { extendChain } from './delta-chain.ts';
import type { Difference } from './difference.ts';
import type { FeedFiles } from './feed-files.ts';

/** @returns the next version's index; its files are written, the cache is of that version */
export function writeDelta(
  before: FeedIndex,
  difference: Difference,
  generation: Generation,
  files: FeedFiles,
): FeedIndex {
  const version = before.version + 1;
  const { links, statuses, slotCounts } = difference;
  let index: FeedIndex | undefined;
  applyChanges(generation, { links: [links], statuses: [statuses], slotCounts }, reached => {
    index = indexOf(before, version, difference, reached, files);
    const { snapshot, keyId, partitions, status } = index;
    const state = { version, snapshot: snapshot.version, keyId, partitions, linksAsOf: 0, statusAsOf: 0 };
    return { ...state, statusDigest: status.sha256 };
  });
  if (index === undefined) throw new Error('the changes were not applied');
  return index;
}

function indexOf(
  before: FeedIndex,
  version: number,
  { links, statuses, slotCounts }: Difference,
  reached: Reached,
  files: FeedFiles,
): FeedIndex {
  const step = { from: before.version, to: version };
  const linkStep = { ...step, file: files.put(packFile(encodeLinkDelta(links), 'runs')) };
  const statusFile = putStatusDelta(statuses, files);
  const { snapshot } = before;
  return {
    ...before,
    version,
    links: reached.partitions.reduce((sum, partition) => sum + partition.links, 0),
    partitions: reached.partitions.map((partition, i) => ({ ...partition, slots: slotCounts[i] ?? 0 })),
    linkDeltas: extendChain(before.linkDeltas, snapshot.version, linkStep, deltas =>
      mergeLinks(deltas, files),
    ),
    status: {
      file: files.put(packFile(encodeStatuses(reached.statuses), 'runs')),
      sha256: reached.statusDigest,
      deltas: statusFile
        ? extendChain(before.status.deltas, snapshot.version, { ...step, file: statusFile }, deltas =>
            mergeStatuses(deltas, files),
          )
        : before.status.deltas,
    },
  };
}

function mergeLinks(deltas: readonly Delta[], files: FeedFiles) {
  const parts = deltas.map(({ file }) => decodeLinkDelta(files.read(file), file));
  const merged = mergeLinkDeltas(parts);
  if (merged.slots.length > maxLinkChanges) return undefined;
  return files.put(packFile(encodeLinkDelta(merged), 'runs'));
}

function mergeStatuses(deltas: readonly Delta[], files: FeedFiles) {
  const parts = deltas.map(({ file }) => decodeStatusDelta(files.read(file), file.sha256));
  return putStatusDelta(mergeStatusDeltas(parts), files);
}

/** @returns undefined where it would be too large: then all statuses are fetched */
function putStatusDelta(changes: StatusChanges, files: FeedFiles) {
  if (changes.slots.length > maxStatusChanges) return undefined;
  return files.put(packFile(encodeStatusDelta(changes), 'text'));
}
