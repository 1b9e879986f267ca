/** The tap store on one machine: the trips' SQLite file (trips-file.ts), which settlement reads. */
import type Database from 'better-sqlite3';
import { equalBytes } from '../../../device/core/bytes.ts';
import { createNotes } from './notes.ts';
import { storedColumns, type TapRow } from './tap-row.ts';
import type { JournalName, TapPortion, TapStore, TapsTaken } from './tap-store.ts';
import { rowId } from './trips-file.ts';

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
      const column = differing(row, find.get(id));
      if (column === undefined) known++;
      else conflicting.push({ seq: row.seq, column });
    }
    note.end();
    return { new: added, known, conflicting };
  }

  const takeAll = db.transaction((portions: readonly TapPortion[]) =>
    portions.map(portion => put(portion, () => portion.cameAt)),
  );
  const together = takeTogether(portions => takeAll.immediate(portions));
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
    copy: portions => copyAll.immediate(portions),
    close: async () => undefined,
  };
}

/** One commit takes the thread for so many rows at most, and another turn comes in between. */
const rowsAtOnce = 2000;

interface WaitingPortion {
  readonly portion: TapPortion;
  readonly resolve: (taken: TapsTaken) => void;
  readonly reject: (error: unknown) => void;
}

/** What comes while a commit waits for the disk is one commit: a disk has a few hundred of them in a second. */
function takeTogether(take: (portions: readonly TapPortion[]) => readonly TapsTaken[]): TapStore['take'] {
  let waiting: WaitingPortion[] = [];

  function takeSome(): void {
    const some = firstOf(waiting);
    waiting = waiting.slice(some.length);
    if (waiting.length > 0) setImmediate(takeSome);
    try {
      const taken = take(some.map(({ portion }) => portion));
      some.forEach(({ resolve }, i) => void (taken[i] && resolve(taken[i])));
    } catch (error) {
      if (some.length === 1) some[0]?.reject(error);
      else for (const each of some) takeAlone(each);
    }
  }

  /** One that the file does not take costs the others nothing. */
  function takeAlone({ portion, resolve, reject }: WaitingPortion): void {
    try {
      const [taken] = take([portion]);
      if (taken !== undefined) resolve(taken);
    } catch (error) {
      reject(error);
    }
  }

  return portion =>
    new Promise((resolve, reject) => {
      if (waiting.push({ portion, resolve, reject }) === 1) setImmediate(takeSome);
    });
}

function firstOf(waiting: readonly WaitingPortion[]): readonly WaitingPortion[] {
  let rows = 0;
  const end = waiting.findIndex(({ portion }) => {
    rows += portion.rows.length;
    return rows > rowsAtOnce;
  });
  return waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end));
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
