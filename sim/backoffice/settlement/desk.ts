/** What the office's pages ask of the settlement: which days there are, what they came to, the rides and rows behind each fen. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { storedColumns } from '../intake/tap-row.ts';
import { journalNames, rowName, seqOf, tripPlaces } from '../intake/trips-file.ts';
import type { RideRow } from './csv.ts';
import { rideColumns } from './csv.ts';
import { dayName, dayNamed } from './days.ts';
import type { ThreadAnswer, ThreadWork } from './settle-thread.ts';
import { askSettled, type DayAccount, type Finding, findingsOf, settledDays } from './settled-file.ts';

export interface KnownDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly rows: number;
  readonly lastRowCameAt: number;
  readonly settledAt: string | undefined;
}

export interface RideFilter {
  readonly line?: string | undefined;
  /** A ride's, or a figure's name. */
  readonly state?: string | undefined;
  readonly from: number;
  readonly limit: number;
}

/** The rides behind a figure that is of no one state. */
const figures: ReadonlyMap<string | undefined, string> = new Map([
  [
    'no-tap-off',
    "(state IN ('unfinished', 'waiting', 'unreported') OR (state = 'across-epochs' AND off_at IS NULL))",
  ],
  ['refund', 'refund_fen > 0'],
  ['short', 'short_fen > 0'],
  ['unresolved', 'unresolved_fen > 0'],
]);

/** Days are YYYY-MM-DD. Nothing of a day that has not been settled is undefined. */
export interface SettlementDesk {
  days(): readonly KnownDay[];
  account(day: string): DayAccount | undefined;
  findings(day: string): readonly Finding[];
  rides(day: string, filter: RideFilter): readonly RideRow[] | undefined;
  ride(day: string, id: number): RideRow | undefined;
  /** The rows of the journals, as they came, each with its device. @param rows as in `RideRow.rows` */
  rows(rows: string): readonly Readonly<Record<string, unknown>>[];
  nameRows(rows: string): string;
  /** @throws Error where it could not be settled */
  settle(day: string): Promise<DayAccount>;
}

export interface DeskParts {
  /** The back office's. */
  readonly dir: string;
  readonly feed: string;
  readonly trips: Database.Database;
  /** Resolves when all rows that were stored are in the trips. */
  readonly catchUp: () => Promise<unknown>;
  /** Unix milliseconds */
  readonly now: () => number;
}

export function createSettlementDesk({ dir, feed, trips, catchUp, now }: DeskParts): SettlementDesk {
  const { settled } = tripPlaces(dir);
  const arrivals = trips.prepare<[], { day: number; rows: number; lastAt: number }>(
    'SELECT day, rows, last_at AS lastAt FROM arrival ORDER BY day DESC',
  );
  const tapById = trips.prepare<[number], Readonly<Record<string, unknown>>>(
    `SELECT ${storedColumns.join(', ')} FROM tap WHERE id = ?`,
  );
  const endsOf = trips
    .prepare<[number, number, number], number>(
      `SELECT id FROM tap INDEXED BY tap_token WHERE token = (SELECT token FROM tap WHERE id = ?) AND of_row = ?
       AND id - id % 4294967296 = ?`,
    )
    .pluck();
  let last: Promise<unknown> = Promise.resolve();

  const ask = <T>(day: string, question: (db: Database.Database, account: DayAccount) => T) =>
    askSettled(settled, day, ({ db, account }) => question(db, account));

  return {
    days() {
      const came = new Map(arrivals.all().map(({ day, ...rest }) => [dayName(day), rest]));
      const all = [...new Set([...came.keys(), ...settledDays(settled)])].sort().reverse();
      return all.map(day => {
        const { rows = 0, lastAt = 0 } = came.get(day) ?? {};
        return { day, rows, lastRowCameAt: lastAt, settledAt: ask(day, (_, { settledAt }) => settledAt) };
      });
    },
    account: day => ask(day, (_, account) => account),
    findings: day => findingsOf(settled, day),
    rides: (day, { line, state, from, limit }) =>
      ask(day, db =>
        db
          .prepare<[object], RideRow>(
            `SELECT ${rideColumns.join(', ')} FROM ride WHERE (@line IS NULL OR line = @line)
             AND ${figures.get(state) ?? '(@state IS NULL OR state = @state)'} ORDER BY line, began_at, id LIMIT @limit OFFSET @from`,
          )
          .all({ line: line ?? null, state: state ?? null, limit, from }),
      ),
    ride: (day, id) =>
      ask(day, db =>
        db.prepare<[number], RideRow>(`SELECT ${rideColumns.join(', ')} FROM ride WHERE id = ?`).get(id),
      ),
    rows(rows) {
      const known = journalNames(trips);
      const withEnds = idsIn(rows).flatMap(id => [id, ...endsOf.all(id, seqOf(id), id - seqOf(id))]);
      return [...new Set(withEnds)].flatMap(id => {
        const row = tapById.get(id);
        return row === undefined ? [] : [{ row: rowName(id, known), ...row }];
      });
    },
    nameRows(rows) {
      const known = journalNames(trips);
      return idsIn(rows)
        .map(id => rowName(id, known))
        .join('; ');
    },
    settle(day) {
      const work = { dir, feed, day: dayNamed(day), now: now() };
      const settling = last.then(catchUp).then(() => inThread(work));
      last = settling.catch(() => undefined);
      return settling;
    },
  };
}

function idsIn(rows: string): readonly number[] {
  return rows.split(' ').map(Number);
}

async function inThread(work: ThreadWork): Promise<DayAccount> {
  const worker = new Worker(new URL('./settle-thread.js', import.meta.url), { workerData: work });
  const [answer] = (await once(worker, 'message')) as [ThreadAnswer];
  if ('failed' in answer) throw new Error(answer.failed);
  return answer.settled;
}
