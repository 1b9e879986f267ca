/** A settled day as a file of its own: built aside and put in its place whole, so that it is always one day's whole account. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { moveDurably, syncPath } from '../../../device/kit/durable-file.ts';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import { openDatabase, type Schema } from '../store/sqlite-file.ts';
import { noSums, type Sums } from './day-account.ts';
import type { PurseFinding } from './purse-findings.ts';
import type { RideEntry } from './ride-entry.ts';
import type { TacCounts } from './tac.ts';

const opening = `
  CREATE TABLE account (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
  CREATE TABLE ride (
    id INTEGER PRIMARY KEY, line TEXT NOT NULL, medium TEXT NOT NULL, bus TEXT, began_at INTEGER NOT NULL, on_stop TEXT,
    off_at INTEGER, off_stop TEXT, state TEXT NOT NULL, reason TEXT, fare_fen INTEGER NOT NULL, paid_fen INTEGER NOT NULL,
    due_fen INTEGER NOT NULL, short_fen INTEGER NOT NULL, refund_fen INTEGER NOT NULL, unresolved_fen INTEGER NOT NULL,
    rows TEXT NOT NULL
  ) STRICT;
  CREATE TABLE finding (
    id INTEGER PRIMARY KEY, line TEXT NOT NULL, what TEXT NOT NULL, fen INTEGER NOT NULL, at INTEGER NOT NULL, rows TEXT NOT NULL
  ) STRICT;
`;

const schema: Schema = { name: 'settled-day', applicationId: 0x42534554, steps: [opening] };

export interface DayAccount extends Sums {
  /** YYYY-MM-DD, Beijing's. */
  readonly day: string;
  /** ISO 8601 */
  readonly settledAt: string;
  readonly tac: TacCounts;
  /** Validators that rides without a tap-off wait for. */
  readonly waitingFor: readonly string[];
  /** What the day came to before, where it has come to something else since: the newest last. */
  readonly earlier: readonly (Figures & { readonly settledAt: string })[];
  readonly lines: Readonly<Record<string, Sums>>;
}

/** What a day comes to, in a few numbers. */
export type Figures = Pick<DayAccount, 'rides' | 'revenueFen' | 'unfinished' | 'differencesFen'>;

export interface SettledWriter {
  ride(ride: RideEntry): void;
  finding(
    finding: Pick<PurseFinding, 'line' | 'fen' | 'at'> & { what: string; rows: readonly number[] },
  ): void;
  /** Puts the day in its place. */
  finish(account: DayAccount): void;
  /** Leaves the day as it was. */
  abandon(): void;
}

/** @param folder of settled days. @throws DeviceError storage */
export function writeSettled(folder: string, day: string): SettledWriter {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${day}.sqlite`);
  const building = join(folder, `.${day}.${process.pid}.new`);
  removeAll(building);
  const db = openDatabase(building, schema);
  // It counts only once it is whole.
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  const putRide = db.prepare(`INSERT INTO ride VALUES (NULL${', ?'.repeat(16)})`);
  const putFinding = db.prepare('INSERT INTO finding VALUES (NULL, ?, ?, ?, ?, ?)');
  db.exec('BEGIN');
  return {
    ride({ line, medium, bus, beganAt, onStop, offAt, offStop, state, reason, ...ride }) {
      const { fareFen, paidFen, dueFen, shortFen, refundFen, unresolvedFen, rows } = ride;
      const money = [fareFen, paidFen, dueFen, shortFen, refundFen, unresolvedFen];
      putRide.run(
        line,
        medium,
        bus,
        beganAt,
        onStop,
        offAt,
        offStop,
        state,
        reason,
        ...money,
        rows.join(' '),
      );
    },
    finding({ line, what, fen, at, rows }) {
      putFinding.run(line, what, fen, at, rows.join(' '));
    },
    finish(account) {
      try {
        db.prepare('INSERT INTO account VALUES (1, ?)').run(JSON.stringify(account));
        db.exec(
          'COMMIT; CREATE INDEX ride_line ON ride (line, began_at); CREATE INDEX finding_line ON finding (line);',
        );
        db.close();
        syncPath(building);
        moveDurably(building, path);
      } catch (error) {
        throw new DeviceError('storage', schema.name, `${path}: ${messageOf(error)}`, error);
      }
    },
    abandon() {
      db.close();
      removeAll(building);
    },
  };
}

function removeAll(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${end}`, { force: true });
}

export interface Settled {
  readonly account: DayAccount;
  readonly db: Database.Database;
  close(): void;
}

/** @returns undefined where the day has not been settled. @throws DeviceError storage */
export function openSettled(folder: string, day: string): Settled | undefined {
  const path = join(folder, `${day}.sqlite`);
  if (!existsSync(path)) return undefined;
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    const json = db.prepare<[], string>('SELECT json FROM account').pluck().get() ?? '';
    return {
      account: { ...noSums(), ...(JSON.parse(json) as DayAccount) },
      db,
      close: () => void db.close(),
    };
  } catch (error) {
    throw new DeviceError('storage', schema.name, `${path}: ${messageOf(error)}`, error);
  }
}

export interface Finding {
  readonly what: string;
  readonly fen: number;
  readonly at: number;
  readonly line: string;
  /** Ids of rows, a space between. */
  readonly rows: string;
}

/** @returns the question's answer; undefined where the day has not been settled */
export function askSettled<T>(folder: string, day: string, question: (settled: Settled) => T): T | undefined {
  const found = openSettled(folder, day);
  if (found === undefined) return undefined;
  try {
    return question(found);
  } finally {
    found.close();
  }
}

/** The first thousand. */
export function findingsOf(folder: string, day: string): readonly Finding[] {
  const all = 'SELECT what, fen, at, line, rows FROM finding ORDER BY what, id LIMIT 1000';
  return askSettled(folder, day, ({ db }) => db.prepare<[], Finding>(all).all()) ?? [];
}

/** YYYY-MM-DD, the newest first. */
export function settledDays(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap(name => /^(\d{4}-\d{2}-\d{2})\.sqlite$/.exec(name)?.[1] ?? [])
    .sort()
    .reverse();
}
