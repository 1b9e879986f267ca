/**
 * Publishes versions of a feed: all links anew (a snapshot), or what is different against the version before.
 *
 * The published state is kept as a validator keeps it, in a link cache of the publisher's own, and beside it who has
 * which slot. Where these and the feed are not of one version, as after a power cut, only a snapshot can follow.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findSlot } from '../../../sync/cache/apply-changes.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { type Generation, openGeneration } from '../../../sync/cache/generation.ts';
import { cheapestChain } from '../../../sync/client/plan.ts';
import type { FeedIndex } from '../../../sync/feed/index-file.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { type Difference, differenceOf, type PublishedState, StateMismatch } from './changes.ts';
import { type Counted, compareStates } from './compare-states.ts';
import { openFeedFiles } from './feed-files.ts';
import { feedPlaces } from './feed-places.ts';
import { numberPeople } from './numbering.ts';
import type { PeopleColumns } from './people-columns.ts';
import { openPersonStore, type PersonStore } from './person-store.ts';
import { type Edition, lastIndex, publishIndex } from './publish-index.ts';
import { cacheSnapshot, writeSnapshot } from './snapshot.ts';
import { writeStep } from './step.ts';
import { publishedVersion } from './tuf-repository.ts';

/** What a publication came to. */
export interface Published extends Counted {
  readonly version: number;
  readonly links: number;
  readonly bytesWritten: number;
}

/** Names a row of a table for a message, without its account. */
type NameRow = (row: number) => string;

export interface Publisher {
  /** 0 before the first. */
  readonly version: number;
  /**
   * What is different against the version before, as rows of a table that are no more and rows that are new.
   * @returns undefined where a snapshot is due instead: nothing has been published
   * @throws WrongUsage for a medium that is linked twice, or a person with two statuses
   */
  publishChanges(
    removed: PeopleColumns,
    added: PeopleColumns,
    nameRow: NameRow,
    edition: Edition,
  ): Published | undefined;
  /** All there is. @throws WrongUsage as above */
  publishAll(people: PeopleColumns, nameRow: NameRow, edition: Edition): Published;
  close(): void;
}

/** What was published, where it is all of one version and under the newest fleet key. */
interface State {
  readonly index: FeedIndex;
  readonly generation: Generation;
}

/** Deltas from the snapshot may come to this part of it, or this many bytes, before a new one is made. */
const deltaShare = 0.5;
const deltaBytes = 64 * 1024;
/** A server's, not a bus's: changed rows come in no order. */
const cacheKiB = 256 * 1024;

/** @throws WrongUsage where there is no feed */
export function openPublisher(dir: string): Publisher {
  const places = feedPlaces(dir);
  if (!existsSync(places.fleetKeys)) throw new WrongUsage(`${dir}: no feed; feed init makes one`);
  const [key] = readFleetKeys(places.fleetKeys);
  const persons = openPersonStore(places.persons);
  let state = openState(dir, persons);

  function publishStep(removed: PeopleColumns, added: PeopleColumns, nameRow: NameRow, edition: Edition) {
    if (state === undefined || isSnapshotDue(state.index)) return undefined;
    const { index, generation } = state;
    const difference = differenceOf(publishedState(state, persons), removed, added, nameRow);
    // Should one of the steps fail, only a snapshot can follow, also from this publisher.
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
    const files = openFeedFiles(places.files);
    const next = writeStep(index, difference, generation, files);
    persons.change(next.version, difference.persons);
    const bytesWritten = publishIndex(dir, next, edition) + files.bytesWritten;
    const { version, links } = next;
    const { added, removed, statusChanged } = difference;
    return { index: next, counted: { version, links, added, removed, statusChanged, bytesWritten } };
  }

  return {
    get version() {
      return publishedVersion(dir);
    },
    publishChanges(removed, added, nameRow, edition) {
      try {
        return publishStep(removed, added, nameRow, edition);
      } catch (error) {
        if (error instanceof StateMismatch) return undefined;
        throw error;
      }
    },
    publishAll(people, nameRow, edition) {
      const numbered = numberPeople(people, nameRow);
      const snapshot = { version: publishedVersion(dir) + 1, ...numbered };
      const counted = compareStates(state?.generation, persons, numbered);
      const files = openFeedFiles(places.files);
      const index = writeSnapshot(snapshot, key, files);
      state?.generation.db.close();
      state = undefined;
      cacheSnapshot(places.cache, snapshot, index, key);
      persons.replace(index.version, numbered.persons);
      const indexBytes = publishIndex(dir, index, edition);
      state = openState(dir, persons);
      const { version, links } = index;
      return { version, links, ...counted, bytesWritten: files.bytesWritten + indexBytes };
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
  const [key] = readFleetKeys(places.fleetKeys);
  const version = publishedVersion(dir);
  const pointer = readPointer(places.cache);
  if (persons.version() !== version || pointer === undefined) return undefined;
  try {
    const index = lastIndex(dir);
    if (index?.version !== version) return undefined;
    const generation = openGeneration(join(places.cache, pointer.current), [key], {});
    generation.db.pragma(`cache_size = ${-cacheKiB}`);
    if (generation.state.version === version) return { index, generation };
    generation.db.close();
  } catch {
    // A snapshot makes it anew, or says what keeps it from doing so.
  }
  return undefined;
}

function publishedState({ index, generation }: State, persons: PersonStore): PublishedState {
  const slotOfKey = findSlot(generation.db);
  return {
    slotOf: token => slotOfKey(BigInt.asIntN(64, token)),
    person: number => persons.find(number),
    slotCounts: index.partitions.map(({ slots }) => slots),
  };
}

function isSnapshotDue({ snapshot, linkDeltas, version }: FeedIndex): boolean {
  const bytesOf = (files: readonly ({ readonly length: number } | null)[]) =>
    files.reduce((sum, file) => sum + (file?.length ?? 0), 0);
  const chain = cheapestChain(linkDeltas, snapshot.version, version, new Set());
  const snapshotBytes = bytesOf(snapshot.partitions.map(({ file }) => file));
  return chain === undefined || bytesOf(chain) > Math.max(deltaBytes, deltaShare * snapshotBytes);
}
