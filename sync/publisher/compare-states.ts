/** Counts what a snapshot changes against the version before. */
import { cheapestChain } from '../client/plan.ts';
import { withoutMarks } from '../feed/denied-marks.ts';
import type { FeedIndex } from '../feed/index-file.ts';
import { applyLinkDelta, decodeLinkDelta } from '../feed/link-delta.ts';
import { type Links, partitionsOf } from '../feed/links.ts';
import { decodePartition } from '../feed/partition.ts';
import { type Statuses, statusAt } from '../feed/statuses.ts';
import type { AssignedSlots } from './assign-slots.ts';
import type { FeedFiles } from './feed-files.ts';
import type { PersonStore } from './person-store.ts';

export interface Counted {
  /** Links that were not there before. */
  readonly added: number;
  /** Links that are no more. */
  readonly removed: number;
  /** Persons, in both versions, whose status is another one now. */
  readonly statusChanged: number;
}

/** The version before, as it was published. */
export interface VersionBefore {
  readonly index: FeedIndex;
  readonly persons: PersonStore;
  readonly statuses: Statuses;
}

/** @throws FeedError or a file system's error where the version before cannot be read */
export function compareStates(before: VersionBefore, files: FeedFiles, now: AssignedSlots): Counted {
  let added = 0;
  let removed = 0;
  const partitions = partitionsOf(now.links);
  let partition = 0;
  for (const { tokens } of publishedLinks(before.index, files)) {
    const fresh = partitions[partition++]?.tokens ?? new BigUint64Array(0);
    const common = countCommon(tokens, fresh);
    added += fresh.length - common;
    removed += tokens.length - common;
  }
  return { added, removed, statusChanged: countChangedStatuses(before, now) };
}

/** A partition at a time, from the files that validators fetch: much faster than from a cache, row by row. */
function* publishedLinks({ snapshot, version, linkDeltas }: FeedIndex, files: FeedFiles): Generator<Links> {
  const chain = cheapestChain(linkDeltas, snapshot.version, version, new Set()) ?? [];
  const deltas = chain.map(file => partitionsOf(decodeLinkDelta(files.read(file), file)));
  for (const [partition, { file }] of snapshot.partitions.entries()) {
    let links = noLinks;
    if (file !== null) links = decodePartition(files.read(file), partition, file);
    for (const parts of deltas) links = applyLinkDelta(links, parts[partition] ?? noLinks);
    yield withoutMarks(links);
  }
}

const noLinks: Links = { tokens: new BigUint64Array(0), slots: new Uint32Array(0) };

function countChangedStatuses(before: VersionBefore, { persons, statuses }: AssignedSlots): number {
  let changed = 0;
  let i = 0;
  for (const { numbers, slots } of before.persons.all()) {
    numbers.forEach((number, at) => {
      while (i < persons.numbers.length && (persons.numbers[i] ?? 0n) < number) i++;
      if (persons.numbers[i] !== number) return;
      if (statusAt(statuses, persons.slots[i] ?? 0) !== statusAt(before.statuses, slots[at] ?? 0)) changed++;
    });
  }
  return changed;
}

/** Both ascending. */
function countCommon(a: BigUint64Array, b: BigUint64Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i] ?? 0n, b[j] ?? 0n];
    if (left === right) common++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return common;
}
