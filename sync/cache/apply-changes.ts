/** Takes a generation from one version to a later one of the same snapshot, in one transaction that readers never wait for. */
import type Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';
import {
  addBlock,
  checkValue,
  createLinkMac,
  digestHex,
  digestOfHex,
  type LinkMac,
  type SetDigest,
} from '../feed/link-mac.ts';
import { halvesOf, type Links, noSlot } from '../feed/links.ts';
import type { StatusChanges } from '../feed/status-delta.ts';
import { growStatuses, type Statuses, setStatus, statusDigest } from '../feed/statuses.ts';
import type { Generation } from './generation.ts';
import { readState, readStatuses, writeState, writeStatuses } from './generation-rows.ts';
import { rowValue, slotOfValue } from './schema.ts';
import type { GenerationState } from './seal.ts';

export interface Changes {
  readonly links: readonly Links[];
  /** In their order, or all statuses at once. */
  readonly statuses: readonly StatusChanges[] | Statuses;
}

/**
 * @param target the state it must come to
 * @throws FeedError when it comes to another; then nothing has changed
 */
export function applyChanges(
  { db, key, seals }: Generation,
  changes: Changes,
  target: GenerationState,
): void {
  const mac = createLinkMac(key);
  db.transaction(() => {
    const before = readState(db, seals);
    const digests = before.partitions.map(({ digest }) => digestOfHex(digest));
    const counts = before.partitions.map(({ links }) => links);
    for (const links of changes.links) changeLinks(db, mac, links, digests, counts);
    target.partitions.forEach(({ links, digest }, i) => {
      const found = digestHex(digests[i] ?? new Uint32Array(4));
      if (found !== digest || counts[i] !== links) {
        throw new FeedError(
          `partition ${i}: ${counts[i]} links with digest ${found}, announced ${links} with ${digest}`,
        );
      }
    });
    changeStatuses(db, seals, before, changes.statuses, target);
    writeState(db, seals, target);
  }).immediate();
}

/** Brings digests and counts of the partitions up to date as well. */
function changeLinks(
  db: Database.Database,
  mac: LinkMac,
  { tokens, slots }: Links,
  digests: readonly SetDigest[],
  counts: number[],
): void {
  const keys = new BigInt64Array(tokens.buffer, tokens.byteOffset, tokens.length);
  const oldSlots = Uint32Array.from(keys, findSlot(db));
  const oldBlocks = mac.blocks({ tokens, slots: oldSlots });
  const blocks = mac.blocks({ tokens, slots });
  const halves = halvesOf(tokens);
  const put = db.prepare<[bigint, number]>('INSERT OR REPLACE INTO change (rowid, value) VALUES (?, ?)');
  keys.forEach((key, i) => {
    const partition = (halves[2 * i + 1] ?? 0) >>> 24;
    const digest = digests[partition] ?? new Uint32Array(4);
    const had = oldSlots[i] !== noSlot;
    const has = slots[i] !== noSlot;
    if (had) addBlock(digest, oldBlocks, i, -1);
    if (has) addBlock(digest, blocks, i, 1);
    counts[partition] = (counts[partition] ?? 0) + Number(has) - Number(had);
    put.run(key, rowValue(slots[i] ?? noSlot, checkValue(blocks, i)));
  });
}

/** @returns the slot a token has now, `noSlot` where it has none */
export function findSlot(db: Database.Database): (key: bigint) => number {
  const get = db
    .prepare<[bigint, bigint], number | null>(
      `SELECT coalesce((SELECT value FROM change WHERE rowid = ?), (SELECT value FROM link WHERE rowid = ?))`,
    )
    .pluck();
  return key => {
    const value = get.get(key, key);
    return typeof value === 'number' ? slotOfValue(value) : noSlot;
  };
}

function changeStatuses(
  db: Database.Database,
  seals: Generation['seals'],
  before: GenerationState,
  changes: Changes['statuses'],
  { partitions, statusDigest: announced }: GenerationState,
): void {
  const old = readStatuses(db, seals, before.partitions);
  const fresh = 'counts' in changes ? changes : changed(old, changes, partitions);
  const found = statusDigest(fresh);
  if (found !== announced) throw new FeedError(`statuses: digest ${found}, announced ${announced}`);
  writeStatuses(db, seals, fresh, old);
}

function changed(
  old: Statuses,
  changes: readonly StatusChanges[],
  partitions: GenerationState['partitions'],
): Statuses {
  const fresh = { nibbles: old.nibbles.map(bytes => bytes.slice()), counts: old.counts.slice() };
  growStatuses(
    fresh,
    partitions.map(({ slots }) => slots),
  );
  for (const { slots, values } of changes)
    slots.forEach((slot, i) => void setStatus(fresh, slot, values[i] ?? 0));
  return fresh;
}
