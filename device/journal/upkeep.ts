/** What keeps the journal small, in small pieces and away from taps: its rows, its small tables, SQLite's log beside it. */
import type Database from 'better-sqlite3';
import type { Clock } from '../kit/time.ts';
import { lockTimeoutMs } from './database.ts';
import type { Recent } from './recent.ts';
import { createRetention, type Keep, logBytes, type Retention } from './retention.ts';
import type { SealedRows } from './sealed-rows.ts';

export interface UpkeepParts {
  readonly db: Database.Database;
  readonly path: string;
  readonly keep: Keep;
  readonly rows: Pick<SealedRows, 'sealSome'>;
  readonly recent: Pick<Recent, 'forget'>;
  readonly clock: Clock;
  readonly rideMs: () => number;
  readonly lastSeq: () => number;
}

export interface Upkeep extends Pick<Retention, 'acknowledge'> {
  /** A row has been: what can wait does. */
  written(): void;
  /** For once a second. @throws the database's errors */
  tidy(): void;
  /** @throws Error where the journal has come to its most bytes */
  refuseIfFull(): void;
  /** What will hinder rides before long; undefined for nothing. */
  warning(): string | undefined;
}

/** Where nobody reads, SQLite begins the log anew after 1,000 pages of 4,120 bytes. */
const maxLogBytes = 1100 * 4120;
/** Somebody has been reading for so many rows that they may have forgotten it. */
const worryingLogBytes = 16 * 1024 * 1024;
const warnFrom = 0.9;
/** So few that no tap waits for them. */
const sealedAtATime = 100;
/** So long nobody must have tapped. */
const quietMs = 1000;
/** Unless they have tapped without a pause for so long. */
const longestWaitMs = 60_000;
/** What was deleted stays in the log for so long. */
const emptyLogEveryMs = 60_000;

export function createUpkeep({ db, path, keep, rows, recent, clock, rideMs, lastSeq }: UpkeepParts): Upkeep {
  const retention = createRetention(db, path, keep, lastSeq);
  let writtenAt = Number.NEGATIVE_INFINITY;
  let doneAt = performance.now();
  let emptiedAt = performance.now();
  let hasForgotten = false;

  function forget(isHurried: boolean): void {
    const isQuiet = performance.now() - writtenAt >= quietMs;
    if (!isQuiet && !isHurried && performance.now() - doneAt < longestWaitMs) return;
    doneAt = performance.now();
    const now = clock();
    const isDone = [rows.sealSome(sealedAtATime) > 0, recent.forget(now, rideMs()), retention.tidy(now)];
    hasForgotten ||= isDone.includes(true);
    if (!hasForgotten || performance.now() - emptiedAt < (isHurried ? 0 : emptyLogEveryMs)) return;
    emptiedAt = performance.now();
    hasForgotten = !emptyLog(db);
    retention.measure();
  }

  emptyLog(db);
  retention.measure();
  return {
    acknowledge: retention.acknowledge,
    written() {
      writtenAt = performance.now();
    },
    tidy() {
      if (logBytes(path) > maxLogBytes) emptyLog(db);
      retention.measure();
      forget(retention.full >= warnFrom);
    },
    refuseIfFull() {
      if (retention.full < 1) return;
      const mib = Math.round(keep.bytes / 1024 / 1024);
      throw new Error(`the journal has come to its ${mib} MiB, and the back office has not taken its rows`);
    },
    warning() {
      if (retention.full >= warnFrom)
        return `the journal is ${Math.floor(retention.full * 100)} % full: the back office does not take its rows`;
      const log = logBytes(path);
      if (log <= worryingLogBytes) return undefined;
      return `somebody reads the journal for hours: its log has come to ${Math.round(log / 1e6)} MB`;
    },
  };
}

/**
 * While somebody reads, the log beside the journal grows, and SQLite never makes it smaller by itself. A reader that is
 * still there is not waited for: a tap comes first.
 * @returns whether it is empty now
 */
function emptyLog(db: Database.Database): boolean {
  db.pragma('busy_timeout = 0');
  const [{ busy } = { busy: 1 }] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  db.pragma(`busy_timeout = ${lockTimeoutMs}`);
  return busy === 0;
}
