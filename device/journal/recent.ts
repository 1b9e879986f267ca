/**
 * The rides of the last minutes, which a restart must not forget, and the rides of codes that are still open. The rows themselves
 * cannot be read again here: this table knows media by digests alone, and forgets them.
 */
import type Database from 'better-sqlite3';
import { codeMemoryMs } from '../core/seen.ts';
import type { Digests } from './digests.ts';

export const recentTable = `
  CREATE TABLE recent (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    medium BLOB NOT NULL,
    code BLOB,
    ride BLOB
  ) STRICT;
`;

/** A ride taken, as the seen-again memory needs it after a restart. */
export interface PastRide {
  /** 16 bytes, as `Digests` has them. */
  readonly medium: Uint8Array;
  readonly code: Uint8Array | undefined;
  /** Unix milliseconds */
  readonly at: number;
}

/** Where and when a ride code has begun a ride that is open. */
export interface CodeRide {
  readonly medium: Uint8Array;
  /** Unix milliseconds */
  readonly at: number;
  readonly stop: string | undefined;
}

/** A ride that is taken now. */
export interface TakenRide {
  /** Unix milliseconds */
  readonly at: number;
  readonly token: Uint8Array;
  readonly codeDigest: Uint8Array | undefined;
  /** Of a ride code: what it does, where the line is paid by distance. */
  readonly codeStep?: 'on' | 'off' | undefined;
  readonly stop?: string | undefined;
}

export interface Recent {
  /** In the transaction of the tap's row. */
  note(seq: number, ride: TakenRide): void;
  /** In the transaction of the row that says that a purchase was paid. */
  notePaid(seq: number, at: number, medium: Uint8Array): void;
  ridesSince(since: number): PastRide[];
  codeRidesSince(since: number): CodeRide[];
  /** @returns whether there was anything to forget */
  forget(now: number, rideMaxMs: number): boolean;
}

export function openRecent(db: Database.Database, { digestOf, hide, reveal }: Digests): Recent {
  const add = db.prepare('INSERT INTO recent (seq, at, medium, code, ride) VALUES (?, ?, ?, ?, ?)');
  const end = db.prepare('UPDATE recent SET ride = NULL WHERE medium = ? AND ride IS NOT NULL');
  const rides = db.prepare<[number], { medium: Uint8Array; code: Uint8Array | null; at: number }>(
    'SELECT medium, code, at FROM recent WHERE at >= ? ORDER BY seq',
  );
  const open = db.prepare<[number], { medium: Uint8Array; at: number; ride: Uint8Array }>(
    'SELECT medium, at, ride FROM recent WHERE at >= ? AND ride IS NOT NULL ORDER BY seq',
  );
  // In both directions: after the clock was set back, nothing may be kept for ever.
  const over = 'abs(at - @now) > CASE WHEN ride IS NULL THEN @codeMs ELSE @rideMs END';
  const isAnyOver = db.prepare<[object], number>(`SELECT 1 FROM recent WHERE ${over} LIMIT 1`).pluck();
  const forget = db.prepare(`DELETE FROM recent WHERE ${over}`);

  return {
    note(seq, { at, token, codeDigest, codeStep, stop }) {
      const medium = digestOf(token);
      if (codeStep !== undefined) end.run(medium);
      const ride = codeStep === 'on' ? hide(JSON.stringify({ stop })) : null;
      add.run(seq, at, medium, codeDigest === undefined ? null : digestOf(codeDigest), ride);
    },
    notePaid: (seq, at, medium) => void add.run(seq, at, medium, null, null),
    ridesSince: since => rides.all(since).map(each => ({ ...each, code: each.code ?? undefined })),
    codeRidesSince: since =>
      open.all(since).flatMap(({ medium, at, ride }) => {
        const text = reveal(ride);
        return text === undefined ? [] : [{ medium, at, stop: JSON.parse(text).stop }];
      }),
    forget(now, rideMs) {
      const limits = { now, codeMs: codeMemoryMs, rideMs: Math.max(rideMs, codeMemoryMs) };
      return isAnyOver.get(limits) !== undefined && forget.run(limits).changes > 0;
    },
  };
}
