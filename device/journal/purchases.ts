/** Purchases in the journal: those that are begun and not settled, and how each ended. */
import type Database from 'better-sqlite3';
import type { PurchaseType } from '../core/purchase/commands.ts';
import { type JournalEntry, type PurchaseConclusion, tapColumns, tapValues } from './journal-row.ts';

/** A purchase of which nobody knows yet whether the card has carried it out. */
export interface OpenPurchase {
  /** The tap's number in the journal. */
  readonly row: number;
  /** Unix milliseconds */
  readonly at: number;
  readonly type: PurchaseType;
  /** The card's counter before it. */
  readonly sequence: number;
  /** The number of the PSAM that it was begun with, 12 digits. */
  readonly terminal: string;
  /** The device of the other door that it was begun at; undefined where it was begun here. */
  readonly door?: string;
}

/** One of the journal's own. */
export interface KeptPurchase extends OpenPurchase {
  readonly token: Uint8Array;
}

export interface PurchaseRows {
  /** @returns the row's number */
  append(entry: JournalEntry): number;
  /** Ends a purchase that is open. @returns the number of the row that says so */
  conclude(conclusion: PurchaseConclusion): number;
  /** Oldest first. */
  openOf(token: Uint8Array): OpenPurchase[];
  /** Of all media, oldest first. */
  open(): KeptPurchase[];
}

/** What the end of a purchase repeats of its tap, so that it can be read alone. */
const repeated = [
  ...[
    'reader',
    'line',
    'kind',
    'token',
    'verdict',
    'reason',
    'phase',
    'fare_fen',
    'card_kind',
    'bus',
    'stop',
  ],
  ...['step', 'balance_fen', 'card_sequence', 'terminal', 'terminal_sequence'],
].join(', ');

export function openPurchaseRows(db: Database.Database): PurchaseRows {
  const insert = db.prepare(
    `INSERT INTO tap (${tapColumns.join(', ')}) VALUES (${tapColumns.map(() => '?').join(', ')})`,
  );
  const open = db.prepare('INSERT INTO open_purchase (row, token, type, sequence) VALUES (?, ?, ?, ?)');
  const end = db.prepare(
    `INSERT INTO tap (event, at, of_row, purchase, tac, mac_checked, fare_taken, ${repeated})
     SELECT 'purchase', ?, seq, ?, ?, ?, 0, ${repeated} FROM tap WHERE seq = ?`,
  );
  const forget = db.prepare('DELETE FROM open_purchase WHERE row = ?');
  const ofToken = db.prepare<[Uint8Array], OpenPurchase>(
    'SELECT row, at, type, sequence, terminal FROM open_purchase JOIN tap ON seq = row WHERE open_purchase.token = ? ORDER BY row',
  );
  const all = db.prepare<[], KeptPurchase>(
    'SELECT row, at, type, sequence, terminal, open_purchase.token FROM open_purchase JOIN tap ON seq = row ORDER BY row',
  );

  function append(entry: JournalEntry): number {
    const row = Number(insert.run(...tapValues(entry)).lastInsertRowid);
    const { purchase, token } = entry;
    if (purchase !== undefined && token !== undefined) open.run(row, token, purchase.type, purchase.sequence);
    return row;
  }

  function conclude({ at, row, outcome, tac, isMacRight }: PurchaseConclusion): number {
    const mac = isMacRight === undefined ? null : Number(isMacRight);
    const { lastInsertRowid, changes } = end.run(at, outcome, tac ?? null, mac, row);
    if (changes === 0) throw new Error(`there is no row ${row} to conclude`);
    forget.run(row);
    return Number(lastInsertRowid);
  }

  const appendBegun = db.transaction(append);
  return {
    append: entry => (entry.purchase === undefined ? append(entry) : appendBegun(entry)),
    conclude: db.transaction(conclude),
    openOf: token => ofToken.all(token),
    open: () => all.all(),
  };
}
