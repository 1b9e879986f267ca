/** Rows of a journal that nobody's key has sealed, as a test looks at them. */
import Database from 'better-sqlite3';
import { decodeRow } from '../device/journal/row-text.ts';
import { openJournalFile } from '../sim/backoffice/intake/journal-file.ts';
import { type TapRow, tapColumns } from '../sim/backoffice/intake/tap-row.ts';

const nothing = Object.fromEntries(tapColumns.map(column => [column, null]));

/** In the order of seq; the ends of purchases among them. Columns that a row does not have are null. */
export function plainRows(path: string): TapRow[] {
  const journal = openJournalFile(path);
  try {
    const rows: object[] = [];
    for (const portion of journal.portions())
      if ('rows' in portion) rows.push(...portion.rows);
      else if ('unreadable' in portion) throw new Error(portion.unreadable);
      else
        for (const { body } of portion.raw) {
          const { previous, ...row } = decodeRow(body);
          rows.push({ ...nothing, ...row });
        }
    return rows as TapRow[];
  } finally {
    journal.close();
  }
}

/** Taps and ends of purchases, sealed or not. */
export function countJournalRows(path: string): number {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM row').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}
