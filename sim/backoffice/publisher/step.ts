/** One step from the published version to the next: deltas for links and statuses, the publisher's own cache with them. */
import { applyChanges, type Reached } from '../../../sync/cache/apply-changes.ts';
import type { Generation } from '../../../sync/cache/generation.ts';
import { packFile } from '../../../sync/feed/feed-file.ts';
import type { Delta, FeedIndex } from '../../../sync/feed/index-file.ts';
import { decodeLinkDelta, encodeLinkDelta, mergeLinkDeltas } from '../../../sync/feed/link-delta.ts';
import { decodeStatusDelta, encodeStatusDelta, mergeStatusDeltas } from '../../../sync/feed/status-delta.ts';
import { encodeStatuses } from '../../../sync/feed/statuses.ts';
import type { Difference } from './changes.ts';
import { extendChain } from './delta-chain.ts';
import type { FeedFiles } from './feed-files.ts';

/** @returns the next version's index; its files are written, the cache is of that version */
export function writeStep(
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
  const linkStep = { ...step, file: files.put(packFile(encodeLinkDelta(links), 'noise')) };
  const statusStep = { ...step, file: files.put(packFile(encodeStatusDelta(statuses), 'text')) };
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
      deltas: extendChain(before.status.deltas, snapshot.version, statusStep, deltas =>
        mergeStatuses(deltas, files),
      ),
    },
  };
}

function mergeLinks(deltas: readonly Delta[], files: FeedFiles) {
  const parts = deltas.map(({ file }) => decodeLinkDelta(files.read(file), file));
  return files.put(packFile(encodeLinkDelta(mergeLinkDeltas(parts)), 'noise'));
}

function mergeStatuses(deltas: readonly Delta[], files: FeedFiles) {
  const parts = deltas.map(({ file }) => decodeStatusDelta(files.read(file), file.sha256));
  return files.put(packFile(encodeStatusDelta(mergeStatusDeltas(parts)), 'text'));
}
