/** A journal with many rows of today that were not sealed, written in one go. */
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../device/journal/database.ts';
import { createDigests } from '../../../device/journal/digests.ts';
import { tapRow } from '../../../device/journal/journal-row.ts';
import { encodeRow } from '../../../device/journal/row-text.ts';
import { dayOf } from '../../../device/journal/sealed-rows.ts';
import { journalEntry } from './journal-entry.ts';

const at = 1_654_000_000_000;

/** @returns adds so many rows of media of their own, and closes it */
export function openForFilling(path: string, device: string) {
  const remembered = { now: at, rideMs: 0 };
  const db = openDatabase(path, { device, digests: createDigests(), epoch: 1, remembered });
  const add = db.prepare('INSERT INTO row (seq, day, is_tap, body) VALUES (?, ?, 1, ?)');
  let seq = 0;
  return {
    add: db.transaction((rows: number) => {
      for (let i = 0; i < rows; i++) {
        seq++;
        const entry = journalEntry({ at: at + seq, token: new Uint8Array(randomBytes(8)) });
        add.run(seq, dayOf(Date.now()), encodeRow({ seq, ...tapRow(entry) }));
      }
    }),
    close: () => void db.close(),
  };
}

export function fillJournal(path: string, device: string, rows: number): void {
  const filling = openForFilling(path, device);
  filling.add(rows);
  filling.close();
}
