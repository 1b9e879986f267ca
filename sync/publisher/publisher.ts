/**
 * Publishes versions of a feed: all links anew (a snapshot), or the difference to the version before.
 *
 * The publisher keeps the published state as a validator does, in a link cache of its own, and beside it which slot each
 * person has. If these and the feed are not of one version, as after a power cut, only a snapshot can follow.
 */
import { join } from 'node:path';
import { findSlot } from '../cache/apply-changes.ts';
import { readPointer } from '../cache/directory.ts';
import { type Generation, openGeneration } from '../cache/generation.ts';
import { readFeedRow, readState, readStatuses } from '../cache/generation-rows.ts';
import { cheapestChain } from '../client/plan.ts';
import { createContentCipher } from '../feed/content-cipher.ts';
import { countMarks, deniedSlot, withMarks } from '../feed/denied-marks.ts';
import { FeedError } from '../feed/feed-error.ts';
import { maxLinkChanges } from '../feed/file-sizes.ts';
import type { FeedIndex } from '../feed/index-file.ts';
import { type Links, noSlot } from '../feed/links.ts';
import { type Statuses, statusAt } from '../feed/statuses.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { type AssignedSlots, assignSlots } from './assign-slots.ts';
import { withChangedMarks } from './changed-marks.ts';
import { type Counted, compareStates } from './compare-states.ts';
import { writeDelta } from './delta.ts';
import { type DeniedMedium, marksOf, takenDenied } from './denied-media.ts';
import { type Difference, differenceOf, type PublishedState, StateMismatch } from './difference.ts';
import { currentKey, readEpochs } from './epochs/epoch-keys.ts';
import { type FeedFiles, openFeedFiles } from './feed-files.ts';
import { feedPlaces, requireFeed } from './feed-places.ts';
import { lastVersion, refuseForeignVersion } from './last-version.ts';
import { openPersonStore, type PersonStore } from './person-store.ts';
import { type Edition, lastIndex, publishIndex } from './publish-index.ts';
import { checkSigningClock } from './signing-clock.ts';
import { cacheSnapshot, writeSnapshot } from './snapshot.ts';
import type { PeopleColumns } from './table/people-columns.ts';

/** What a publication came to. */
export interface Published extends Counted {
  readonly version: number;
  readonly links: number;
  readonly denied: number;
  readonly bytesWritten: number;
}

/** Names a row of a table for a message, without its account. */
type NameRow = (row: number) => string;

export interface Publisher {
  /** 0 before the first. */
  readonly version: number;
  /**
   * Publishes the difference to the version before, given as rows that are gone and rows that are new.
   * @returns undefined where a snapshot is due instead: nothing has been published
   * @throws WrongUsage for a medium that is linked twice, or a person with two statuses; FeedError when the clock is
   * contradicted (signing-clock.ts), or somebody else has published (last-version.ts)
   */
  publishChanges(
    removed: PeopleColumns,
    added: PeopleColumns,
    nameRow: NameRow,
    edition: Edition,
  ): Published | undefined;
  /** Publishes all rows there are. @throws WrongUsage as above */
  publishAll(people: PeopleColumns, nameRow: NameRow, edition: Edition): Published;
  close(): void;
}

/** The published state, all of one version. */
interface State {
  readonly index: FeedIndex;
  readonly generation: Generation;
}

/** A new snapshot is made once the deltas since the last one exceed this share of it, and this many bytes. */
const deltaShare = 0.5;
const deltaBytes = 64 * 1024;
/** Of a link in a delta, at least; named slots take up to four more. */
const bytesPerChange = 7;
/** The publisher runs on a server, which has more memory than a bus. */
const cacheKiB = 256 * 1024;

/** @throws WrongUsage where there is no feed */
export function openPublisher(dir: string): Publisher {
  const places = feedPlaces(dir);
  requireFeed(dir);
  const persons = openPersonStore(places.persons);
  let state = openState(dir, persons);

  function publishStep(removed: PeopleColumns, added: PeopleColumns, nameRow: NameRow, edition: Edition) {
    if (state === undefined || isSnapshotDue(state.index)) return undefined;
    const { index, generation } = state;
    if (![removed, added].every(rows => isUnder(index.keyId, rows))) return undefined;
    // An epoch begins with a snapshot.
    if (currentKey(dir).id !== index.keyId) return undefined;
    const ofPeople = differenceOf(publishedState(state, persons), removed, added, nameRow);
    const links = withNewList(ofPeople.links, generation, edition.denied);
    if (links === undefined) return undefined;
    const difference = { ...ofPeople, links };
    if (isTooLarge(difference.links, index)) return undefined;
    // If one of the steps fails, only a snapshot can follow, from this publisher too.
    state = undefined;
    try {
      const published = publishDifference(index, difference, generation, edition);
      state = { index: published.index, generation };
      return published.counted;
    } catch (error) {
      generation.db.close();
      throw error;
    }
  }

  function publishDifference(
    index: FeedIndex,
    difference: Difference,
    generation: Generation,
    edition: Edition,
  ): { index: FeedIndex; counted: Published } {
    const { key } = generation;
    const files = openFeedFiles(places.files, createContentCipher(key), index.version + 1);
    const next = writeDelta(index, difference, generation, files);
    persons.change(next.version, difference.persons);
    files.finish();
    const bytesWritten = publishIndex(dir, next, key, edition) + files.bytesWritten;
    const { version } = next;
    const { added, removed, statusChanged } = difference;
    const { denied } = readFeedRow(generation.db);
    const links = next.links - denied;
    return { index: next, counted: { version, links, denied, added, removed, statusChanged, bytesWritten } };
  }

  /** @returns undefined where the published list is not the one that was last given: then only a snapshot can follow */
  function withNewList(links: Links, { db, key }: Generation, denied?: readonly DeniedMedium[]) {
    if (denied === undefined) return links;
    const before = marksOf(takenDenied(dir) ?? [], key);
    if (before.length !== readFeedRow(db).denied) return undefined;
    const slotOfKey = findSlot(db);
    return withChangedMarks(
      links,
      token => slotOfKey(BigInt.asIntN(64, token)),
      before,
      marksOf(denied, key),
    );
  }

  /** @throws FeedError where the list has been lost: nobody is taken off it unless somebody says so */
  function marksNow(key: FleetKey, { denied }: Edition): BigUint64Array {
    const media = denied ?? takenDenied(dir);
    if (media === undefined && state !== undefined && readFeedRow(state.generation.db).denied > 0) {
      throw new FeedError(`${places.denied} is missing: give the list of denied media again (--denied)`);
    }
    return marksOf(media ?? [], key);
  }

  /** If the version before cannot be read, everything counts as new. */
  function countChanges(now: AssignedSlots, files: FeedFiles): Counted {
    const allNew = { added: now.links.slots.length, removed: 0, statusChanged: 0 };
    // Under another key they are other tokens, in files that this one does not open.
    if (state === undefined || state.index.keyId !== currentKey(dir).id) return allNew;
    try {
      const { index, generation } = state;
      return compareStates({ index, persons, statuses: statusesOf(generation) }, files, now);
    } catch (error) {
      if (error instanceof FeedError || isMissingFile(error)) return allNew;
      throw error;
    }
  }

  return {
    get version() {
      return lastVersion(dir);
    },
    publishChanges(removed, added, nameRow, edition) {
      refuseForeignVersion(dir);
      checkSigningClock(dir, edition);
      try {
        return publishStep(removed, added, nameRow, edition);
      } catch (error) {
        if (error instanceof StateMismatch) return undefined;
        throw error;
      }
    },
    publishAll(people, nameRow, edition) {
      refuseForeignVersion(dir);
      checkSigningClock(dir, edition);
      const numbered = assignSlots(people, nameRow);
      const key = currentKey(dir);
      const links = withMarks(numbered.links, marksNow(key, edition));
      const snapshot = { version: lastVersion(dir) + 1, ...numbered, links };
      if (!isUnder(key.id, people)) throw new Error(`a key epoch began meanwhile: ${key.id}`);
      const files = openFeedFiles(places.files, createContentCipher(key), snapshot.version);
      const counted = countChanges(numbered, files);
      const index = writeSnapshot(snapshot, key, files);
      state?.generation.db.close();
      state = undefined;
      cacheSnapshot(places.cache, snapshot, index, key);
      persons.replace(index.version, numbered.persons);
      files.finish();
      const indexBytes = publishIndex(dir, index, key, edition);
      state = openState(dir, persons);
      const denied = countMarks(links.slots);
      const bytesWritten = files.bytesWritten + indexBytes;
      return { version: index.version, links: index.links - denied, denied, ...counted, bytesWritten };
    },
    close() {
      state?.generation.db.close();
      persons.close();
    },
  };
}

/** @returns undefined where a part of it is missing, damaged, or of another version than the rest */
function openState(dir: string, persons: PersonStore): State | undefined {
  const places = feedPlaces(dir);
  const version = lastVersion(dir);
  const pointer = readPointer(places.cache);
  if (persons.version() !== version || pointer === undefined) return undefined;
  try {
    const index = lastIndex(dir);
    if (index?.version !== version) return undefined;
    const generation = openGeneration(join(places.cache, pointer.current), readEpochs(dir).keys, {});
    generation.db.pragma(`cache_size = ${-cacheKiB}`);
    if (generation.state.version === version) return { index, generation };
    generation.db.close();
  } catch {
    // The snapshot that must follow makes it anew, or fails with the reason.
  }
  return undefined;
}

function publishedState({ index, generation }: State, persons: PersonStore): PublishedState {
  const slotOfKey = findSlot(generation.db);
  const statuses = statusesOf(generation);
  return {
    slotOf(token) {
      const slot = slotOfKey(BigInt.asIntN(64, token));
      return slot === deniedSlot ? noSlot : slot;
    },
    person: number => persons.find(number),
    statusOf: slot => statusAt(statuses, slot),
    slotCounts: index.partitions.map(({ slots }) => slots),
  };
}

function isUnder(key: string, { keyId = key }: PeopleColumns): boolean {
  return keyId === key;
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** As they are now, not as they were when it was opened. */
function statusesOf({ db, seals }: Generation): Statuses {
  return readStatuses(db, seals, readState(db, seals).partitions);
}

function isSnapshotDue(index: FeedIndex): boolean {
  const { snapshot, linkDeltas, version } = index;
  const chain = cheapestChain(linkDeltas, snapshot.version, version, new Set());
  return chain === undefined || bytesOf(chain) > deltasAtMost(index);
}

/** A delta after which a snapshot would be due at once is fetched for nothing, as when the first list of denied media comes. */
function isTooLarge({ slots }: Links, index: FeedIndex): boolean {
  return slots.length > maxLinkChanges || slots.length * bytesPerChange > deltasAtMost(index);
}

function deltasAtMost({ snapshot }: FeedIndex): number {
  return Math.max(deltaBytes, deltaShare * bytesOf(snapshot.partitions.map(({ file }) => file)));
}

function bytesOf(files: readonly ({ readonly length: number } | null)[]): number {
  return files.reduce((sum, file) => sum + (file?.length ?? 0), 0);
}
