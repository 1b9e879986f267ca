/** The links of a generation as they are now, a partition at a time: snapshot and changes in one. */
import type Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';
import { addBlocks, checkValue, digestHex, emptyDigest, type LinkMac } from '../feed/link-mac.ts';
import { type Links, noSlot } from '../feed/links.ts';
import { checkOfValue, keyRange, noChange, slotOfValue } from './schema.ts';

/** @throws FeedError at the first row that is not as it was written */
export function readLinks(db: Database.Database, mac: LinkMac, partition: number): Links {
  const rows = db
    .prepare<[bigint, bigint, bigint, bigint], [bigint, bigint]>(
      `SELECT rowid, value FROM link WHERE rowid BETWEEN ? AND ?
         AND NOT EXISTS (SELECT 1 FROM change WHERE change.rowid = link.rowid AND change.value <> ${noChange})
       UNION ALL SELECT rowid, value FROM change WHERE rowid BETWEEN ? AND ? AND value <> ${noChange}
       ORDER BY rowid`,
    )
    .raw()
    .safeIntegers();
  const keys: bigint[] = [];
  const values: number[] = [];
  const range = keyRange(partition);
  for (const [key, value] of rows.iterate(...range, ...range)) {
    keys.push(key);
    values.push(Number(value));
  }
  const all = { tokens: BigUint64Array.from(keys, unsigned), slots: Uint32Array.from(values, slotOfValue) };
  const blocks = mac.blocks(all);
  values.forEach((value, i) => {
    if (checkOfValue(value) !== checkValue(blocks, i))
      throw new FeedError(`partition ${partition}: a row is damaged`);
  });
  return withoutRemoved(all);
}

function unsigned(key: bigint): bigint {
  return BigInt.asUintN(64, key);
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
