/** The links of a generation as they are now, a partition at a time: snapshot and changes in one. */
import type Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';
import { addBlocks, checkValue, digestHex, emptyDigest, type LinkMac } from '../feed/link-mac.ts';
import { type Links, noSlot } from '../feed/links.ts';
import { checkOfValue, keyRange, noChange, slotOfValue } from './schema.ts';

/**
 * Rows go straight into columns: an array of so many numbers would fill the heap of a thread that has little.
 * @throws FeedError at the first row that is not as it was written
 */
export function readLinks(db: Database.Database, mac: LinkMac, partition: number): Links {
  const rows = db
    .prepare<bigint[], [key: number, high: number, low: number, value: number]>(
      `SELECT rowid, rowid >> 32 & 4294967295, rowid & 4294967295, value FROM link WHERE rowid BETWEEN ? AND ?
         AND NOT EXISTS (SELECT 1 FROM change WHERE change.rowid = link.rowid AND change.value <> ${noChange})
       UNION ALL SELECT rowid, rowid >> 32 & 4294967295, rowid & 4294967295, value FROM change
         WHERE rowid BETWEEN ? AND ? AND value <> ${noChange}
       ORDER BY rowid`,
    )
    .raw();
  let halves = new Uint32Array(2 * rowsAtFirst);
  let values = new Float64Array(rowsAtFirst);
  let count = 0;
  const range = keyRange(partition);
  for (const [, high, low, value] of rows.iterate(...range, ...range)) {
    if (count === values.length) {
      halves = grown(halves);
      values = grown(values);
    }
    halves[2 * count] = low;
    halves[2 * count + 1] = high;
    values[count++] = value;
  }
  const tokens = new BigUint64Array(halves.buffer, 0, count);
  const all = { tokens, slots: Uint32Array.from(values.subarray(0, count), slotOfValue) };
  const blocks = mac.blocks(all);
  for (let i = 0; i < count; i++) {
    if (checkOfValue(values[i] ?? 0) !== checkValue(blocks, i))
      throw new FeedError(`partition ${partition}: a row is damaged`);
  }
  return withoutRemoved(all);
}

const rowsAtFirst = 1 << 12;

function grown<T extends Uint32Array | Float64Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(2 * column.length);
  larger.set(column);
  return larger;
}

function withoutRemoved(links: Links): Links {
  const { tokens, slots } = links;
  if (!slots.includes(noSlot)) return links;
  const kept = (i: number) => slots[i] !== noSlot;
  return { tokens: tokens.filter((_, i) => kept(i)), slots: slots.filter((_, i) => kept(i)) };
}

export function digestOf(mac: LinkMac, links: Links): string {
  const digest = emptyDigest();
  addBlocks(digest, mac.blocks(links));
  return digestHex(digest);
}
