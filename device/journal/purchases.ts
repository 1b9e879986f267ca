/**
 * Purchases of which nobody knows yet whether the card has carried them out, by the digests of their cards. What the tap's row says of
 * them cannot be read again: what settling them needs is hidden under the device's own key.
 */
import type Database from 'better-sqlite3';
import type { PurchaseType } from '../core/purchase/commands.ts';
import type { Digests } from './digests.ts';
import type { BegunPurchase } from './journal-row.ts';

export const openPurchaseTable = `
  CREATE TABLE open_purchase (
    row INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    medium BLOB NOT NULL,
    detail BLOB NOT NULL
  ) STRICT;
`;

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
  /** 16 bytes, as `Digests` has them. */
  readonly medium: Uint8Array;
}

export interface OpenPurchases {
  /** In the transaction of the tap's row. */
  note(row: number, at: number, token: Uint8Array, purchase: Detail): void;
  /** In the transaction of the row that says how it ended. @returns the medium's digest; undefined where it was not open */
  settle(row: number): Uint8Array | undefined;
  /** Oldest first. */
  of(token: Uint8Array): OpenPurchase[];
  /** Of all media, oldest first. */
  all(): KeptPurchase[];
  readonly count: number;
}

interface Row {
  readonly row: number;
  readonly at: number;
  readonly medium: Uint8Array;
  readonly detail: Uint8Array;
}

type Detail = Pick<BegunPurchase, 'type' | 'sequence' | 'terminal'>;

export function openPurchases(db: Database.Database, { digestOf, hide, reveal }: Digests): OpenPurchases {
  const add = db.prepare('INSERT INTO open_purchase (row, at, medium, detail) VALUES (?, ?, ?, ?)');
  const forget = db
    .prepare<[number], Uint8Array>('DELETE FROM open_purchase WHERE row = ? RETURNING medium')
    .pluck();
  const columns = 'row, at, medium, detail FROM open_purchase';
  const ofMedium = db.prepare<[Uint8Array], Row>(`SELECT ${columns} WHERE medium = ? ORDER BY row`);
  const all = db.prepare<[], Row>(`SELECT ${columns} ORDER BY row`);
  const count = db.prepare<[], number>('SELECT count(*) FROM open_purchase').pluck();

  /** What was hidden under another key cannot be settled here any more. */
  function readable({ detail, ...known }: Row): KeptPurchase[] {
    const text = reveal(detail);
    if (text === undefined) return [];
    const purchase: Detail = JSON.parse(text);
    return [{ ...known, ...purchase }];
  }

  return {
    note(row, at, token, { type, sequence, terminal }) {
      add.run(row, at, digestOf(token), hide(JSON.stringify({ type, sequence, terminal })));
    },
    settle: row => forget.get(row),
    of: token => ofMedium.all(digestOf(token)).flatMap(readable),
    all: () => all.all().flatMap(readable),
    get count() {
      return count.get() ?? 0;
    },
  };
}
