/** The rows of a validator's journal, opened beside the firmware with the back office's keys. */
import Database from 'better-sqlite3';
import { openJournalFile } from './intake/journal-file.ts';
import { createRowReader } from './intake/row-reader.ts';
import { type TapRow, tapRowSchema } from './intake/tap-row.ts';

/** @returns the private half of a key that rows are sealed for, by the key's name */
export type Opening = (keyId: string) => Uint8Array | undefined;

const noKey: Opening = () => undefined;

/** Rejects with SQLite's error where no journal can be read, and with Error for a row that is none. */
export async function rowsOfJournal(file: string, opening = noKey): Promise<readonly TapRow[]> {
  const journal = openJournalFile(file);
  try {
    const reader = createRowReader(opening);
    const rows: unknown[] = [];
    for (const portion of journal.portions()) {
      if ('unreadable' in portion) throw new Error(portion.unreadable);
      const read =
        'raw' in portion ? await reader.read(journal, portion.raw) : { rows: portion.rows, problems: [] };
      if (read.problems.length > 0) throw new Error(read.problems.join('; '));
      rows.push(...read.rows);
    }
    return tapRowSchema.array().parse(rows);
  } finally {
    journal.close();
  }
}

/** How many taps there are, which needs no key. @throws SQLite's error where no journal can be read */
export function countTaps(file: string): number {
  const db = new Database(file, { readonly: true, timeout: 1000 });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM row WHERE is_tap = 1').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}
