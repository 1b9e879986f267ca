/** Takes a generation from one version to a later one of the same snapshot, in one transaction that readers never wait for. */
import type Database from 'better-sqlite3';
import { countMarks } from '../feed/denied-marks.ts';
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
import { putInChain } from './change-chain.ts';
import type { Generation } from './generation.ts';
import { deniedBefore, readState, readStatuses, writeState, writeStatuses } from './generation-rows.ts';
import { noChange, rowValue, slotOfValue } from './schema.ts';
import type { AnnouncedState, Seals } from './seal.ts';

export interface Changes {
  /** One after the other; each is asked for when the one before has been applied. */
  readonly links: Iterable<Links>;
  /** In the same way, or all statuses at once. */
  readonly statuses: Iterable<StatusChanges> | Statuses;
  /** Slots of each partition afterwards. */
  readonly slotCounts: readonly number[];
}

/** What a generation holds once the changes are made. */
export interface Reached {
  /** Links of each partition, and their set digest. */
  readonly partitions: readonly { readonly links: number; readonly digest: string }[];
  readonly statuses: Statuses;
  readonly statusDigest: string;
}

/**
 * @param stateOf gives the state to be written; when it throws, nothing has changed
 * @throws FeedError when the generation or the changes are damaged
 */
export function applyChanges(
  { db, key, seals }: Generation,
  changes: Changes,
  stateOf: (reached: Reached) => AnnouncedState,
): void {
  const mac = createLinkMac(key);
  db.transaction(() => {
    const before = readState(db, seals);
    const digests = before.partitions.map(({ digest }) => digestOfHex(digest));
    const counts = before.partitions.map(({ links }) => links);
    let denied = deniedBefore(db, before);
    for (const links of changes.links) denied += changeLinks(db, mac, seals, links, digests, counts);
    const old = readStatuses(db, seals, before.partitions);
    const statuses =
      'counts' in changes.statuses ? changes.statuses : changed(old, changes.statuses, changes.slotCounts);
    const partitions = digests.map((digest, i) => ({ links: counts[i] ?? 0, digest: digestHex(digest) }));
    const state = stateOf({ partitions, statuses, statusDigest: statusDigest(statuses) });
    writeStatuses(db, seals, statuses, old);
    writeState(db, seals, { ...state, denied });
  }).immediate();
}

/** Brings digests and counts of the partitions up to date as well. @returns how many more media are denied */
function changeLinks(
  db: Database.Database,
  mac: LinkMac,
  seals: Seals,
  { tokens, slots }: Links,
  digests: readonly SetDigest[],
  counts: number[],
): number {
  const keys = new BigInt64Array(tokens.buffer, tokens.byteOffset, tokens.length);
  const oldSlots = Uint32Array.from(keys, findSlot(db));
  const oldBlocks = mac.blocks({ tokens, slots: oldSlots });
  const blocks = mac.blocks({ tokens, slots });
  const halves = halvesOf(tokens);
  const put = putInChain(db, seals);
  keys.forEach((key, i) => {
    const partition = (halves[2 * i + 1] ?? 0) >>> 24;
    const digest = digests[partition] ?? new Uint32Array(4);
    const had = oldSlots[i] !== noSlot;
    const has = slots[i] !== noSlot;
    if (had) addBlock(digest, oldBlocks, i, -1);
    if (has) addBlock(digest, blocks, i, 1);
    counts[partition] = (counts[partition] ?? 0) + Number(has) - Number(had);
    put(key, rowValue(slots[i] ?? noSlot, checkValue(blocks, i)));
  });
  return countMarks(slots) - countMarks(oldSlots);
}

/** @returns the slot a token has now, `noSlot` where it has none */
export function findSlot(db: Database.Database): (key: bigint) => number {
  const get = db
    .prepare<[{ key: bigint }], number | null>(
      `SELECT coalesce((SELECT value FROM change WHERE rowid = @key AND value <> ${noChange}), (SELECT value FROM link WHERE rowid = @key))`,
    )
    .pluck();
  return key => {
    const value = get.get({ key });
    return typeof value === 'number' ? slotOfValue(value) : noSlot;
  };
}

function changed(old: Statuses, changes: Iterable<StatusChanges>, slotCounts: readonly number[]): Statuses {
  const fresh = { nibbles: old.nibbles.map(bytes => bytes.slice()), counts: old.counts.slice() };
  growStatuses(fresh, slotCounts);
  for (const { slots, values } of changes)
    slots.forEach((slot, i) => void setStatus(fresh, slot, values[i] ?? 0));
  return fresh;
}
