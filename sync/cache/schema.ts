/**
 * The SQLite layout of one generation of the link cache: a snapshot's links, written once in key order, and beside
 * them what deltas have changed since, so that a delta rewrites a small table and not the pages of a large one.
 */
import { localOfSlot, partitionOfSlot } from '../feed/links.ts';

/** In the file's header, so that another kind of database is never taken for a cache. */
export const applicationId = 0x464c4e4b;
export const schemaVersion = 3;

/**
 * A status page's blob is the nibbles of 1,960 slots, encrypted, and 28 bytes of seal: four to a page of SQLite's.
 */
export const slotsPerPage = 1960;
const pagesPerPartition = Math.ceil(2 ** 23 / slotsPerPage);

/** Firmware up to 0.4.0 made the table without it. */
export const deniedColumn = 'denied INTEGER NOT NULL DEFAULT 0';

/**
 * In `link` and `change` the rowid is the token as a signed 64-bit number and `value` is slot · 65536 + check
 * (feed/link-mac.ts), in `change` also for `noSlot`: taken away. In `status` the rowid is the page's number.
 *
 * The rows of `change` are a chain, so that one that is lost is noticed and the older link under it never used: each
 * names the next changed token and seals that (change-chain.ts). The first row stands at `chainStart` and changes nothing.
 */
export const schema = `
  CREATE TABLE feed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    links_as_of INTEGER NOT NULL,
    status_as_of INTEGER NOT NULL,
    status_digest TEXT NOT NULL,
    seal BLOB NOT NULL,
    ${deniedColumn}
  ) STRICT;
  CREATE TABLE partition (
    id INTEGER PRIMARY KEY,
    links INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE link (value INTEGER NOT NULL) STRICT;
  CREATE TABLE change (
    value INTEGER NOT NULL,
    next INTEGER NOT NULL,
    seal INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE status (nibbles BLOB NOT NULL) STRICT;
`;

/** In front of the first changed token, and after the last one. */
export const chainStart: bigint = -(2n ** 63n);
export const chainEnd: bigint = 2n ** 63n - 1n;
/** In place of a value: this row of `change` changes nothing. */
export const noChange = -1;

/** What there is at a key. `changed`, `next` and `chain` are of the last changed token up to it. */
const valueAt = (name: string, key: string) => `
  ${name}_last AS MATERIALIZED (
    SELECT rowid AS changed, value, next, seal FROM change WHERE rowid <= ${key} ORDER BY rowid DESC LIMIT 1),
  ${name} AS MATERIALIZED (
    SELECT changed, next, seal AS chain, CASE WHEN changed = ${key} AND value <> ${noChange} THEN value
      ELSE (SELECT value FROM link WHERE rowid = ${key}) END AS value
    FROM ${name}_last)`;

/** One look-up, one snapshot of the database; `key` is the token's, `mark` that of the mark it may have, on the same page. */
export const lookUp: string = `
  WITH ${valueAt('hit', '@key')}, ${valueAt('mark', '@mark')}
  SELECT feed.seal AS seal, hit.changed AS changed, hit.next AS next, hit.chain AS chain, hit.value AS value,
    mark.changed AS markChanged, mark.next AS markNext, mark.chain AS markChain, mark.value AS mark,
    status.nibbles AS page
  FROM feed, hit, mark LEFT JOIN status
    ON status.rowid = (hit.value >> 39) * ${pagesPerPartition} + ((hit.value >> 16) & ${2 ** 23 - 1}) / ${slotsPerPage}
`;

export const rowValue = (slot: number, check: number): number => slot * 65_536 + check;
export const slotOfValue = (value: number): number => Math.floor(value / 65_536);
export const checkOfValue = (value: number): number => value % 65_536;

export function pageOfSlot(slot: number): number {
  return partitionOfSlot(slot) * pagesPerPartition + Math.floor(localOfSlot(slot) / slotsPerPage);
}

/** @param index of the page within its partition */
export function pageNumber(partition: number, index: number): number {
  return partition * pagesPerPartition + index;
}

/** Partitions in the order of their keys: the tokens that read as negative numbers come first. */
export const keyOrder: readonly number[] = Array.from({ length: 256 }, (_, i) => (i + 128) % 256);

/** The first and last key of a partition. */
export function keyRange(partition: number): readonly [bigint, bigint] {
  const first = BigInt.asIntN(64, BigInt(partition) << 56n);
  return [first, first + (1n << 56n) - 1n];
}
