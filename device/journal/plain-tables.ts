/** The journal of a firmware whose rows were columns in clear: turned into rows that can be sealed, and media known by digests. */
import type Database from 'better-sqlite3';
import type { PurchaseType } from '../core/purchase/commands.ts';
import { codeMemoryMs } from '../core/seen.ts';
import type { Digests } from './digests.ts';
import { openPurchases } from './purchases.ts';
import { openRecent } from './recent.ts';
import { encodeRow, type JournalColumns } from './row-text.ts';
import { dayOf, hashOfBody } from './sealed-rows.ts';

/** What a ride of before is still needed for. */
export interface Remembered {
  /** Unix milliseconds */
  readonly now: number;
  /** No ride is longer. */
  readonly rideMs: number;
}

const rowsAtATime = 1000;

/**
 * In one transaction. The rows stay plain until they are sealed in their turn, as all plain rows are.
 * @param tables makes the new ones
 */
export function migrateRows(
  db: Database.Database,
  tables: string,
  digests: Digests,
  remembered: Remembered,
): void {
  db.exec(`
    ALTER TABLE open_purchase RENAME TO old_open_purchase;
    ALTER TABLE owner ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
    ${tables}
  `);
  keepNumbers(db);
  copyRows(db);
  copyPurchases(db, digests);
  copyRides(db, digests, remembered);
  db.exec('DROP TABLE tap; DROP TABLE old_open_purchase;');
}

/** Also those of rows that are lost. */
function keepNumbers(db: Database.Database): void {
  db.exec("INSERT INTO sqlite_sequence SELECT 'row', seq FROM sqlite_sequence WHERE name = 'tap'");
}

function copyRows(db: Database.Database): void {
  const page = db.prepare<[number, number], JournalColumns>(
    'SELECT * FROM tap WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const add = db.prepare('INSERT INTO row (seq, day, is_tap, key_id, body) VALUES (?, ?, ?, NULL, ?)');
  let previous: string | null = null;
  for (let rows = page.all(-1, rowsAtATime); rows.length > 0; ) {
    for (const row of rows) {
      const body = encodeRow({ ...row, previous });
      add.run(row.seq, dayOf(Number(row.at)), Number(row.event === 'tap'), body);
      previous = hashOfBody(body);
    }
    rows = page.all(Number(rows.at(-1)?.seq), rowsAtATime);
  }
}

interface OldPurchase {
  readonly row: number;
  readonly at: number;
  readonly token: Uint8Array;
  readonly type: PurchaseType;
  readonly sequence: number;
  readonly terminal: string;
}

function copyPurchases(db: Database.Database, digests: Digests): void {
  const { note } = openPurchases(db, digests);
  const old = db.prepare<[], OldPurchase>(
    `SELECT row, at, old.token, type, sequence, coalesce(terminal, '') AS terminal
     FROM old_open_purchase AS old JOIN tap ON seq = row`,
  );
  for (const { row, at, token, ...purchase } of old.all()) note(row, at, token, purchase);
}

interface OldRide {
  readonly seq: number;
  readonly at: number;
  readonly token: Uint8Array;
  readonly code: Uint8Array | null;
  readonly kind: string | null;
  readonly step: string | null;
  readonly stop: string | null;
}

function copyRides(db: Database.Database, digests: Digests, { now, rideMs }: Remembered): void {
  const { note } = openRecent(db, digests);
  const rides = db.prepare<[number], OldRide>(
    `SELECT seq, at, token, code_digest AS code, kind, step, stop FROM tap
     WHERE at >= ? AND token IS NOT NULL AND
       (event = 'tap' AND fare_taken = 1 AND purchase IS NULL OR event = 'purchase' AND purchase = 'paid')
     ORDER BY seq`,
  );
  for (const { seq, at, token, code, kind, step, stop } of rides.all(now - Math.max(rideMs, codeMemoryMs))) {
    const codeStep = kind === 'ride-code' && (step === 'on' || step === 'off') ? step : undefined;
    note(seq, { at, token, codeDigest: code ?? undefined, codeStep, stop: stop ?? undefined });
  }
}
