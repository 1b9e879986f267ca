/** The tap store on one machine: the trips' SQLite file (trips-file.ts), which settlement reads. */
import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { equalBytes } from '../../../device/core/bytes.ts';
import { dayOf, startOfDay } from '../settlement/days.ts';
import { createNotes } from './notes.ts';
import { columnsOfPeople, storedColumns, type TapRow } from './tap-row.ts';
import type { JournalName, TapPortion, TapStore, TapsTaken } from './tap-store.ts';
import { takeTogether } from './together.ts';
import { rowId } from './trips-file.ts';

/** Whoever else writes does not wait for more. */
const forgottenAtOnce = 5000;

type StoredRow = Omit<TapRow, 'seq'>;

/** One that another store has taken. */
export interface CopiedRow extends TapRow {
  /** Unix milliseconds */
  readonly came_at: number;
}

export interface SqliteTaps extends TapStore {
  /** Takes rows of another store, each with the time when it came there. @returns how many were not here yet */
  copy(portions: readonly (JournalName & { readonly rows: readonly CopiedRow[] })[]): number;
}

/** Closing it leaves the file to whoever has opened it. */
export function createSqliteTaps(db: Database.Database): SqliteTaps {
  const numbers = journalNumbers(db);
  const insert = db.prepare(
    `INSERT INTO tap (id, came_at, ${storedColumns.join(', ')}) VALUES (?, ?${', ?'.repeat(storedColumns.length)})
     ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<[number], StoredRow>(`SELECT ${storedColumns.join(', ')} FROM tap WHERE id = ?`);
  const isForgotten = db.prepare<[number]>('SELECT 1 FROM forgotten WHERE day = ?');
  const forgetSome = db.prepare<[number, number, number]>(
    `UPDATE tap SET ${columnsOfPeople.map(column => `${column} = NULL`).join(', ')} WHERE id IN (
       SELECT id FROM tap WHERE at >= ? AND at < ? AND coalesce(came_at, at) < ?
       AND (${columnsOfPeople.map(column => `${column} IS NOT NULL`).join(' OR ')}) LIMIT ${forgottenAtOnce}
     )`,
  );
  const notes = createNotes(db);

  function put<Row extends TapRow>(
    { rows, cameAt, ...name }: TapPortion & { readonly rows: readonly Row[] },
    cameAtOf: (row: Row) => number,
  ): TapsTaken {
    const journal = numbers.of(name);
    const conflicting: { seq: number; column: string }[] = [];
    let [added, known] = [0, 0];
    const note = notes.begin(journal, cameAt);
    for (const row of rows) {
      const id = rowId(journal, row.seq);
      if (insert.run(id, cameAtOf(row), ...storedColumns.map(column => row[column])).changes === 1) {
        added++;
        note.row(row);
        continue;
      }
      const before = find.get(id);
      // Nobody can say any more whether a row of a day that is forgotten was another.
      const isGone = before !== undefined && isForgotten.get(dayOf(before.at)) !== undefined;
      const column = isGone ? undefined : differing(row, before);
      if (column === undefined) known++;
      else conflicting.push({ seq: row.seq, column });
    }
    note.end();
    return { new: added, known, conflicting };
  }

  const takeAll = db.transaction((portions: readonly TapPortion[]) =>
    portions.map(portion => put(portion, () => portion.cameAt)),
  );
  const together = takeTogether({
    take: async portions => takeAll.immediate(portions),
    atOnce: 1,
    isOfOne: () => true,
  });
  const copyAll = db.transaction((portions: Parameters<SqliteTaps['copy']>[0]) => {
    let added = 0;
    for (const { rows, ...name } of portions) {
      const cameAt = rows.reduce((latest, row) => Math.max(latest, row.came_at), 0);
      added += put({ ...name, rows, cameAt }, row => row.came_at).new;
    }
    return added;
  });
  return {
    take: together,
    async forget(day, cameBefore) {
      let forgotten = 0;
      for (let some = forgottenAtOnce; some === forgottenAtOnce; await setImmediate()) {
        some = forgetSome.run(startOfDay(day), startOfDay(day + 1), cameBefore).changes;
        forgotten += some;
      }
      return forgotten;
    },
    copy: portions => copyAll.immediate(portions),
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
