/**
 * The back office's end of the journals: takes rows of a device, in any order and as often as they come. What has come is on the
 * disk when it returns.
 */
import type Database from 'better-sqlite3';
import { equalBytes } from '../../../device/core/bytes.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { dayOf } from '../settlement/days.ts';
import { createRuns, type Run } from './runs.ts';
import { type TapRow, tapColumns, tapRowSchema } from './tap-row.ts';
import { rowId } from './trips-file.ts';

export interface Taken {
  /** Rows that were not there yet. */
  readonly new: number;
  readonly known: number;
  /** Rows that are none, and rows that say something else than was taken before under their number. */
  readonly refused: number;
  /** Why, of the first few. */
  readonly problems: readonly string[];
}

export interface Intake {
  /**
   * Idempotent by (device, seq). All rows of one call are one transaction.
   * @param rows what should be `TapRow`s
   * @param refusedOne called with the number of each row that is refused
   * @throws WrongUsage for what cannot be a device's name; DeviceError storage
   */
  takeRows(device: string, rows: Iterable<unknown>, refusedOne?: (seq: number) => void): Taken;
}

const maxProblems = 20;
/** A clock may run ahead of the office's by so much, and what it says is still believed. */
const clockToleranceMs = 10 * 60_000;
const stored = tapColumns.filter(column => column !== 'seq');

/** @param now Unix milliseconds */
export function createIntake(db: Database.Database, now: () => number = Date.now): Intake {
  const numbers = deviceNumbers(db);
  const insert = db.prepare(
    `INSERT INTO tap (id, ${stored.join(', ')}) VALUES (?${', ?'.repeat(stored.length)}) ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<[number], Omit<TapRow, 'seq'>>(`SELECT ${stored.join(', ')} FROM tap WHERE id = ?`);
  const notes = createNotes(db);

  function take(name: string, rows: Iterable<unknown>, refusedOne: (seq: number) => void): Taken {
    const device = numbers.of(name);
    const [arrivedAt, problems] = [now(), [] as string[]];
    let [added, known, refused] = [0, 0, 0];
    const note = notes.begin(device, arrivedAt);
    const refuse = (given: unknown, why: string) => {
      refused++;
      const seq = seqOf(given);
      if (typeof seq === 'number') refusedOne(seq);
      if (problems.length < maxProblems) problems.push(printable(why));
    };
    for (const given of rows) {
      const { data: row, error } = tapRowSchema.safeParse(given);
      if (row === undefined) {
        refuse(
          given,
          `row ${seqIn(given)}: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0]}`,
        );
        continue;
      }
      const id = rowId(device, row.seq);
      if (insert.run(id, ...stored.map(column => row[column])).changes === 1) {
        added++;
        note.row(row);
        continue;
      }
      const other = differing(row, find.get(id));
      if (other === undefined) known++;
      else refuse(row, `row ${row.seq}: another ${other} was taken before under this number`);
    }
    note.end();
    return { new: added, known, refused, problems };
  }

  const inOne = db.transaction(take);
  return {
    takeRows(device, rows, refusedOne = () => {}) {
      if (!/^[\w.-]{1,64}$/.test(device)) throw new WrongUsage(printable(`${device} is no device's name`));
      return inOne.immediate(device, rows, refusedOne);
    },
  };
}

function deviceNumbers(db: Database.Database) {
  const add = db.prepare('INSERT INTO device (name) VALUES (?) ON CONFLICT DO NOTHING');
  const find = db.prepare<[string], number>('SELECT id FROM device WHERE name = ?').pluck();
  return {
    of(name: string): number {
      add.run(name);
      return find.get(name) ?? 0;
    },
  };
}

/** What is known of the rows as a whole: which have come, which bus the device is on, which days have changed. */
function createNotes(db: Database.Database) {
  const runsOf = db.prepare<[number], Run>(
    'SELECT first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt FROM run WHERE device = ? ORDER BY first_seq',
  );
  const clear = db.prepare('DELETE FROM run WHERE device = ?');
  const putRun = db.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?)');
  const putPost = db.prepare(
    `INSERT INTO post VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
  );
  const putArrival = db.prepare(
    'INSERT INTO arrival VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, last_at = excluded.last_at',
  );
  return {
    begin(device: number, arrivedAt: number) {
      const runs = createRuns(runsOf.all(device), arrivedAt + clockToleranceMs);
      const posts = new Map<string, [first: number, last: number]>();
      const days = new Map<number, number>();
      return {
        row({ seq, at, bus }: TapRow): void {
          runs.add(seq, at);
          const [first, last] = posts.get(bus ?? '') ?? [at, at];
          if (bus !== null) posts.set(bus, [Math.min(first, at), Math.max(last, at)]);
          days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + 1);
        },
        end(): void {
          if (days.size === 0) return;
          clear.run(device);
          for (const { firstSeq, lastSeq, firstAt, lastAt } of runs.all)
            putRun.run(device, firstSeq, lastSeq, firstAt, lastAt);
          for (const [bus, [first, last]] of posts) putPost.run(device, bus, first, last);
          for (const [day, rows] of days) putArrival.run(day, rows, arrivedAt);
        },
      };
    },
  };
}

/** @returns the first column in which a row is not what was taken before */
function differing(row: TapRow, before: Omit<TapRow, 'seq'> | undefined): string | undefined {
  return stored.find(column => !isSame(row[column], before?.[column]));
}

function isSame(one: unknown, other: unknown): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array ? equalBytes(one, other) : one === other;
}

function seqOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'seq' in given ? given.seq : undefined;
}

function seqIn(given: unknown): string {
  const seq = seqOf(given);
  return typeof seq === 'number' ? String(seq) : 'without a number';
}
