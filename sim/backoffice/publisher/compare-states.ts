/** Counts what a snapshot changes against the version before. */
import type { Generation } from '../../../sync/cache/generation.ts';
import { readLinks } from '../../../sync/cache/generation-links.ts';
import { createLinkMac } from '../../../sync/feed/link-mac.ts';
import { partitionsOf } from '../../../sync/feed/links.ts';
import type { NumberedPeople } from './numbering.ts';
import type { PersonStore } from './person-store.ts';

export interface Counted {
  /** Links that were not there before. */
  readonly added: number;
  /** Links that are no more. */
  readonly removed: number;
  /** Persons, in both versions, whose status is another one now. */
  readonly statusChanged: number;
}

/** @param before undefined where there is none, or none under the same fleet key: then all is new */
export function compareStates(
  before: Generation | undefined,
  personsBefore: PersonStore,
  { links, persons }: NumberedPeople,
): Counted {
  if (before === undefined) return { added: links.slots.length, removed: 0, statusChanged: 0 };
  const mac = createLinkMac(before.key);
  let added = 0;
  let removed = 0;
  partitionsOf(links).forEach(({ tokens }, partition) => {
    const common = countCommon(readLinks(before.db, mac, partition).tokens, tokens);
    added += tokens.length - common;
    removed += (before.state.partitions[partition]?.links ?? 0) - common;
  });
  return { added, removed, statusChanged: countChangedStatuses(personsBefore, persons) };
}

/** Both in ascending order of the persons' numbers. */
function countChangedStatuses(before: PersonStore, { numbers, statuses }: NumberedPeople['persons']): number {
  let changed = 0;
  let i = 0;
  for (const [number, status] of before.statuses()) {
    while (i < numbers.length && (numbers[i] ?? 0n) < number) i++;
    if (numbers[i] === number && statuses[i] !== status) changed++;
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
