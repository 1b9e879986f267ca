/** Reads and writes the sealed rows of a generation: its state and its status pages. */
import type Database from 'better-sqlite3';
import { deniedSlot } from '../feed/denied-marks.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { PartitionState } from '../feed/index-file.ts';
import { partitionCount } from '../feed/links.ts';
import { createStatuses, type Statuses } from '../feed/statuses.ts';
import { deniedColumn, noChange, pageNumber, slotsPerPage } from './schema.ts';
import type { GenerationState, Seals } from './seal.ts';

type FeedRow = Omit<GenerationState, 'partitions'> & { readonly seal: Buffer };

/** @throws FeedError when it is missing */
export function readFeedRow(db: Database.Database): FeedRow {
  const row = db
    .prepare<[], FeedRow>(
      `SELECT version, snapshot, key_id AS keyId, links_as_of AS linksAsOf, status_as_of AS statusAsOf,
       status_digest AS statusDigest, seal, ${hasDenied(db) ? 'denied' : '0 AS denied'} FROM feed`,
    )
    .get();
  if (row === undefined) throw new FeedError('the feed row is missing');
  return row;
}

/** @throws FeedError when it is missing, or not as it was written */
export function readState(db: Database.Database, seals: Seals): GenerationState {
  return db.transaction(() => {
    const { seal, ...row } = readFeedRow(db);
    const partitions = db
      .prepare<[], PartitionState>('SELECT links, slots, digest FROM partition ORDER BY id')
      .all();
    const state = { ...row, partitions };
    if (!seals.ofState(state).equals(seal)) throw new FeedError('the state is damaged');
    return state;
  })();
}

function hasDenied(db: Database.Database): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info('feed') WHERE name = 'denied'").get() !== undefined;
}

/**
 * How many media are denied, before changes are made. Firmware up to 0.4.0 has written marks as any links, and not counted them: then
 * all rows are looked at, this once.
 */
export function deniedBefore(db: Database.Database, { denied }: GenerationState): number {
  if (hasDenied(db)) return denied;
  const marked = `value >> 16 = ${deniedSlot}`;
  const isChanged = `EXISTS (SELECT 1 FROM change WHERE change.rowid = link.rowid AND change.value <> ${noChange})`;
  const inLinks = `SELECT count(*) FROM link WHERE ${marked} AND NOT ${isChanged}`;
  return (
    db
      .prepare<[], number>(`SELECT (${inLinks}) + (SELECT count(*) FROM change WHERE ${marked})`)
      .pluck()
      .get() ?? 0
  );
}

/** For people to read: marks of denied media are not links to them. */
export function countsOf({ partitions, denied }: GenerationState) {
  const sum = (of: 'links' | 'slots') => partitions.reduce((total, partition) => total + partition[of], 0);
  return { links: sum('links') - denied, slots: sum('slots'), denied };
}

/** Replaces it; in a transaction of the caller's. */
export function writeState(db: Database.Database, seals: Seals, state: GenerationState): void {
  const put = db.prepare('INSERT OR REPLACE INTO partition (id, links, slots, digest) VALUES (?, ?, ?, ?)');
  state.partitions.forEach(({ links, slots, digest }, id) => void put.run(id, links, slots, digest));
  const { version, snapshot, keyId, linksAsOf, statusAsOf, statusDigest, denied } = state;
  if (!hasDenied(db)) db.exec(`ALTER TABLE feed ADD COLUMN ${deniedColumn}`);
  db.prepare(
    `INSERT OR REPLACE INTO feed (id, version, snapshot, key_id, links_as_of, status_as_of, status_digest, seal, denied)
      VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(version, snapshot, keyId, linksAsOf, statusAsOf, statusDigest, seals.ofState(state), denied);
}

const nibbleBytes = slotsPerPage / 2;

/** Writes all pages, or those whose content differs from `before`. */
export function writeStatuses(
  db: Database.Database,
  seals: Seals,
  { nibbles }: Statuses,
  before?: Statuses,
): void {
  const put = db.prepare('INSERT OR REPLACE INTO status (rowid, nibbles) VALUES (?, ?)');
  nibbles.forEach((bytes, partition) => {
    const old = before?.nibbles[partition];
    for (let from = 0; from < bytes.length; from += nibbleBytes) {
      const page = bytes.subarray(from, from + nibbleBytes);
      if (old !== undefined && Buffer.compare(old.subarray(from, from + nibbleBytes), page) === 0) continue;
      const number = pageNumber(partition, from / nibbleBytes);
      put.run(number, seals.sealPage(number, page));
    }
  });
}

/** @throws FeedError when a page is missing or damaged */
export function readStatuses(
  db: Database.Database,
  seals: Seals,
  partitions: readonly PartitionState[],
): Statuses {
  const statuses = createStatuses(
    Uint32Array.from({ length: partitionCount }, (_, i) => partitions[i]?.slots ?? 0),
  );
  const get = db.prepare<[number], Buffer>('SELECT nibbles FROM status WHERE rowid = ?').pluck();
  statuses.nibbles.forEach((bytes, partition) => {
    for (let from = 0; from < bytes.length; from += nibbleBytes) {
      const number = pageNumber(partition, from / nibbleBytes);
      const page = seals.openPage(number, get.get(number) ?? new Uint8Array(0));
      if (page?.length !== Math.min(nibbleBytes, bytes.length - from)) {
        throw new FeedError(`status page ${number} is damaged`);
      }
      bytes.set(page, from);
    }
  });
  return statuses;
}
