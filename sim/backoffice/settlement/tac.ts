/**
 * Checks the TACs of paid purchases (交易认证码): each proves to who has the TAC key that the card has really paid. The key is made of
 * the card's number, so a TAC can be checked only where the back office knows whose token it is.
 */
import type Database from 'better-sqlite3';
import { z } from 'zod';
import { beijingTimeBytes } from '../../../device/core/beijing-time.ts';
import { equalBytes, fromHex, toHex, uintBytes } from '../../../device/core/bytes.ts';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { type FleetKey, readKeysJson, tokenOf } from '../../../sync/fleet-keys.ts';
import { desMac, diversify, folded } from '../../media/des.ts';
import type { Medium } from '../store/store.ts';

export interface TacCounts {
  readonly right: number;
  readonly wrong: number;
  /** The card is not registered, the key was not given, or the row has no TAC. */
  readonly uncheckable: number;
}

export interface TacOutcome {
  readonly counts: TacCounts;
  readonly wrong: readonly {
    readonly line: string;
    readonly fen: number;
    readonly at: number;
    readonly rows: readonly number[];
  }[];
}

/** What is needed to check. */
export interface TacKeys {
  /** 16 bytes, of which every card's key is made. */
  readonly master: Uint8Array;
  /** By token, 16 hex digits in capitals: those that the back office knows. */
  readonly accounts: ReadonlyMap<string, string>;
}

const keySchema = z.strictObject({ tac: z.string().regex(/^[0-9a-fA-F]{32}$/) });

/** Reads `{"tac": "32 hex digits"}`. @throws WrongUsage, never with what the file holds */
export function readTacKey(path: string): Uint8Array {
  try {
    const { data } = keySchema.safeParse(readKeysJson(path));
    const key = data && fromHex(data.tac);
    if (key === undefined) throw new Error('expected {"tac": "32 hex digits"}');
    return key;
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

/** @param keys of the epochs that are still known */
export function accountsByToken(media: Iterable<Medium>, keys: readonly FleetKey[]): Map<string, string> {
  const accounts = new Map<string, string>();
  for (const { kind, account } of media) {
    if (kind === 'ride-code') continue;
    for (const key of keys) accounts.set(toHex(tokenOf(key, kind, account)).toUpperCase(), account);
  }
  return accounts;
}

interface PaidRow {
  readonly id: number;
  readonly begun: number;
  readonly line: string;
  readonly token: string | null;
  readonly tac: Uint8Array | null;
  readonly terminal: string | null;
  readonly terminalSequence: number | null;
  readonly at: number;
  readonly fareFen: number;
}

/** The row with the end names the row of the tap, by the device's own number. */
const paidRows = `
  SELECT paid.id, begun.id AS begun, begun.line, hex(begun.token) AS token, paid.tac, begun.at, begun.fare_fen AS fareFen,
    coalesce(paid.terminal, begun.terminal) AS terminal,
    coalesce(paid.terminal_sequence, begun.terminal_sequence) AS terminalSequence
  FROM tap AS paid INDEXED BY tap_at JOIN tap AS begun ON begun.id = paid.id - paid.id % 4294967296 + paid.of_row
  WHERE paid.at >= ? AND paid.at < ? AND paid.event = 'purchase' AND paid.purchase = 'paid'`;

/** @param from, to Unix milliseconds; `to` is beyond */
export function checkTacs(
  trips: Database.Database,
  from: number,
  to: number,
  keys: TacKeys | undefined,
): TacOutcome {
  const counts = { right: 0, wrong: 0, uncheckable: 0 };
  if (keys === undefined)
    return { counts: { ...counts, uncheckable: countPaid(trips, from, to) }, wrong: [] };
  const wrong: TacOutcome['wrong'][number][] = [];
  for (const row of trips.prepare<[number, number], PaidRow>(paidRows).iterate(from, to)) {
    const isRight = isRightTac(row, keys);
    if (isRight === undefined) counts.uncheckable++;
    else if (isRight) counts.right++;
    else {
      counts.wrong++;
      wrong.push({ line: row.line, fen: row.fareFen, at: row.at, rows: [row.begun, row.id] });
    }
  }
  return { counts, wrong };
}

function countPaid(trips: Database.Database, from: number, to: number): number {
  const count = `SELECT count(*) FROM tap INDEXED BY tap_at
    WHERE at >= ? AND at < ? AND event = 'purchase' AND purchase = 'paid'`;
  return trips.prepare<[number, number], number>(count).pluck().get(from, to) ?? 0;
}

/** Compound and plain purchase. */
const types = [0x09, 0x06];
/** The purchase's second is that of its tap, or the next one. */
const secondsLater = [0, 1, 2];

/** @returns undefined where it cannot be told */
function isRightTac(row: PaidRow, { master, accounts }: TacKeys): boolean | undefined {
  const { token, tac, terminal, terminalSequence, at, fareFen } = row;
  const account = accounts.get(token ?? '');
  const number = account && fromHex(account.slice(-16).padStart(16, '0'));
  const terminalBytes = terminal && fromHex(terminal);
  if (!number || !terminalBytes || terminalSequence === null || tac === null) return undefined;
  const key = folded(diversify(master, number));
  const counter = uintBytes(terminalSequence, 4);
  return types.some(type =>
    secondsLater.some(seconds => {
      const time = beijingTimeBytes(at + seconds * 1000);
      return equalBytes(
        tac,
        desMac(key, uintBytes(fareFen, 4), Uint8Array.of(type), terminalBytes, counter, time),
      );
    }),
  );
}
