/**
 * Keeps the trips' file and PostgreSQL alike: settlement and lists read the file, and so there is one of each. Rows that are only here
 * are brought there: from before PostgreSQL was used, or since the backup that it was restored from.
 */
import type Database from 'better-sqlite3';
import { DeviceError } from '../../../../device/kit/errors.ts';
import type { Run } from '../runs.ts';
import { type CopiedRow, createSqliteTaps } from '../sqlite-taps.ts';
import { storedColumns } from '../tap-row.ts';
import type { JournalName, TapStore } from '../tap-store.ts';
import { rowId } from '../trips-file.ts';
import type { PostgresServer } from './server.ts';

interface Journal extends JournalName {
  readonly id: number;
  readonly rows: number;
}

/** Between two numbers that are here, or beyond the last. */
interface Missing {
  /** PostgreSQL's number of it. */
  readonly journal: number;
  readonly after: number;
  readonly before: number;
}

type FoundRow = CopiedRow & { readonly journal: number };

/** Taking them in keeps the thread busy for so long. */
const rowsAtATime = 2000;
const endOfNumbers = 2 ** 32;

/**
 * By how many rows each journal has there and here: nothing has to be remembered, and a copy that was begun again misses nothing.
 * @param store the one behind `server`
 * @returns copies until all is here that was there when it began; resolves with the number of rows that came. Rejects with DeviceError
 *   storage
 */
export function createTapCopy(
  server: PostgresServer,
  store: TapStore,
  trips: Database.Database,
): () => Promise<number> {
  const taps = createSqliteTaps(trips);
  const here = createLocal(trips);

  async function bring({ id, device, epoch }: Journal): Promise<void> {
    for (const rows of here.pages(id)) {
      const cameAt = rows.reduce((latest, row) => Math.max(latest, row.came_at ?? 0), 0);
      const plain = rows.map(({ came_at: _, ...row }) => row);
      await store.take({ device, epoch, rows: plain, cameAt });
    }
  }

  async function bringOnlyHere(there: readonly Journal[]): Promise<void> {
    const rowsThere = countsOf(there);
    for (const journal of here.journals())
      if (journal.rows > (rowsThere.get(nameOf(journal)) ?? 0)) await bring(journal);
  }

  async function copySome(there: readonly Journal[]): Promise<number> {
    const rowsHere = countsOf(here.journals());
    const behind = there.filter(journal => journal.rows > (rowsHere.get(nameOf(journal)) ?? 0));
    if (behind.length === 0) return 0;
    const missing = behind.flatMap(journal => here.missingOf(journal));
    const found = await findRows(server, missing);
    const portions = behind.flatMap(({ id, device, epoch }) => {
      const rows = found.filter(({ journal }) => journal === id);
      return rows.length === 0 ? [] : [{ device, epoch, rows }];
    });
    if (taps.copy(portions) < found.length || found.length === 0)
      throw new DeviceError(
        'storage',
        'taps',
        'the rows in PostgreSQL are not those that were counted there',
      );
    return found.length;
  }

  return async () => {
    // What comes meanwhile is the next copy's: a fleet that taps all the time would keep this one for ever.
    const there = await server.ask<Journal & Record<string, unknown>>(
      'SELECT id, device, epoch, rows FROM journal ORDER BY id',
    );
    await bringOnlyHere(there);
    for (let copied = 0; ; ) {
      const some = await copySome(there);
      copied += some;
      if (some === 0) return copied;
    }
  };
}

function nameOf({ device, epoch }: JournalName): string {
  return `${device} ${epoch}`;
}

function countsOf(journals: readonly Journal[]): ReadonlyMap<string, number> {
  return new Map(journals.map(journal => [nameOf(journal), journal.rows]));
}

const columns = storedColumns.join(', ');

/** What the trips' file has of journals. */
function createLocal(trips: Database.Database) {
  const journals = trips.prepare<[], Journal>(
    `SELECT id, name AS device, epoch, sum(last_seq - first_seq + 1) AS rows
     FROM run JOIN device ON device.id = run.device GROUP BY id`,
  );
  const runsOf = trips.prepare<[string, number], Run>(
    `SELECT first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt
     FROM run JOIN device ON device.id = run.device WHERE name = ? AND epoch = ? ORDER BY first_seq`,
  );
  const page = trips.prepare<[number, number], Omit<CopiedRow, 'came_at'> & { came_at: number | null }>(
    `SELECT id % 4294967296 AS seq, came_at, ${columns} FROM tap WHERE id > ? AND id < ? ORDER BY id LIMIT ${rowsAtATime}`,
  );
  return {
    journals: () => journals.all(),
    missingOf({ id: journal, device, epoch }: Journal): Missing[] {
      const all = runsOf.all(device, epoch);
      const ends = [0, ...all.map(({ lastSeq }) => lastSeq)];
      const starts = [...all.map(({ firstSeq }) => firstSeq), endOfNumbers];
      return ends.flatMap((after, i) => {
        const before = starts[i] ?? endOfNumbers;
        return before - after > 1 ? [{ journal, after, before }] : [];
      });
    },
    *pages(journal: number) {
      for (let after = rowId(journal, 0); ; ) {
        const rows = page.all(after, rowId(journal + 1, 0));
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows;
        after = rowId(journal, last.seq);
      }
    },
  };
}

const findText = `
  SELECT tap.journal, seq, came_at, ${columns}
  FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS missing (journal, after, before)
  JOIN tap ON tap.journal = missing.journal AND seq > after AND seq < before ORDER BY tap.journal, seq LIMIT ${rowsAtATime}`;

function findRows(server: PostgresServer, missing: readonly Missing[]): Promise<readonly FoundRow[]> {
  const bounds = (['journal', 'after', 'before'] as const).map(name => missing.map(each => each[name]));
  return server.ask<FoundRow & Record<string, unknown>>(findText, bounds);
}
