/** The tap store on one machine: the trips' SQLite file (trips-file.ts), which settlement reads. */
import type Database from 'better-sqlite3';
import { equalBytes } from '../../../device/core/bytes.ts';
import { createNotes } from './notes.ts';
import { storedColumns, type TapRow } from './tap-row.ts';
import type { JournalName, TapPortion, TapStore, TapsTaken } from './tap-store.ts';
import { rowId } from './trips-file.ts';

type StoredRow = Omit<TapRow, 'seq'>;

/** Closing it leaves the file to whoever has opened it. */
export function createSqliteTaps(db: Database.Database): TapStore {
  const numbers = journalNumbers(db);
  const insert = db.prepare(
    `INSERT INTO tap (id, came_at, ${storedColumns.join(', ')}) VALUES (?, ?${', ?'.repeat(storedColumns.length)})
     ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<[number], StoredRow>(`SELECT ${storedColumns.join(', ')} FROM tap WHERE id = ?`);
  const notes = createNotes(db);

  function take({ rows, cameAt, ...name }: TapPortion): TapsTaken {
    const journal = numbers.of(name);
    const conflicting: { seq: number; column: string }[] = [];
    let [added, known] = [0, 0];
    const note = notes.begin(journal, cameAt);
    for (const row of rows) {
      const id = rowId(journal, row.seq);
      if (insert.run(id, cameAt, ...storedColumns.map(column => row[column])).changes === 1) {
        added++;
        note.row(row);
        continue;
      }
      const column = differing(row, find.get(id));
      if (column === undefined) known++;
      else conflicting.push({ seq: row.seq, column });
    }
    note.end();
    return { new: added, known, conflicting };
  }

  const inOne = db.transaction(take);
  return {
    take: async portion => inOne.immediate(portion),
    close: async () => undefined,
  };
}

function journalNumbers(db: Database.Database) {
  const add = db.prepare('INSERT INTO device (name, epoch) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const find = db
    .prepare<[string, number], number>('SELECT id FROM device WHERE name = ? AND epoch = ?')
    .pluck();
  return {
    of({ device, epoch }: JournalName): number {
      add.run(device, epoch);
      return find.get(device, epoch) ?? 0;
    },
  };
}

/** @returns the first column in which a row is not what was taken before */
export function differing(row: StoredRow, before: StoredRow | undefined): string | undefined {
  return storedColumns.find(column => !isSame(row[column], before?.[column]));
}

function isSame(one: unknown, other: unknown): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array ? equalBytes(one, other) : one === other;
}
