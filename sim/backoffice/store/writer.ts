/**
 * Commits together what comes in while the disk is busy with the commit before: each write is all or nothing for itself, and
 * is told as done when the disk has it; many of them share one fsync.
 *
 * The connection itself does not wait for the disk (synchronous=NORMAL: in WAL mode a commit is then a write to the log, and
 * checkpoints alone are synced). The log is synced here instead, by a thread that is not the event loop's, so that a slow
 * disk holds up those who write and nobody else.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { DeviceError } from '../../../device/errors.ts';
import { busyTimeoutMs, withoutWaiting } from './sqlite-file.ts';

/** Pages are served meanwhile. */
const retryMs = 20;

export interface Writer {
  /** @throws what `work` throws, then nothing of it is written; DeviceError storage where database or disk fails */
  write<T>(work: () => T): Promise<T>;
  /** Resolves once nothing is waiting. */
  close(): Promise<void>;
}

interface Waiting {
  run(): void;
  /** After the commit. */
  settle(failure: unknown): void;
}

export interface WriterOptions {
  /** Another process may write for so long. */
  readonly busyLimitMs?: number;
  readonly log?: LogSync;
}

/** What is committed is on the disk when it resolves. */
export interface LogSync {
  sync(): Promise<void>;
  close(): void;
}

/** @param db in WAL mode */
export function createWriter(
  db: Database.Database,
  { busyLimitMs = busyTimeoutMs, log = openLog(db) }: WriterOptions = {},
): Writer {
  db.pragma('synchronous = NORMAL');
  let waiting: Waiting[] = [];
  let committing: Promise<void> | undefined;
  /** What the disk has lost may lie before what it takes next: then only a restart, which reads the log, knows. */
  let lost: unknown;
  const runAll = db.transaction((jobs: readonly Waiting[]) => {
    for (const job of jobs) job.run();
  });

  async function commit(jobs: readonly Waiting[]): Promise<void> {
    if (lost !== undefined) throw lost;
    await whenFree(() => withoutWaiting(db, () => runAll.immediate(jobs)), busyLimitMs);
    await log.sync().catch(error => {
      lost = error;
      throw error;
    });
  }

  async function commitWhatComes(): Promise<void> {
    while (waiting.length > 0) {
      // What else is asked for in this turn comes along.
      await nextTurn();
      const jobs = waiting;
      waiting = [];
      const failure = await commit(jobs).catch((error: unknown) => error);
      for (const job of jobs) job.settle(failure);
    }
    committing = undefined;
  }

  return {
    write(work) {
      return new Promise((resolve, reject) => {
        // Nested: a savepoint, rolled back alone.
        const job = db.transaction(work);
        let finish = () => reject(new Error('not written'));
        const run = () => {
          try {
            const result = job();
            finish = () => resolve(result);
          } catch (error) {
            // A full disk undoes the whole commit: then the others' work is not there either.
            if (!db.inTransaction) throw error;
            finish = () => reject(asFault(error));
          }
        };
        waiting.push({
          run,
          settle: failure => (failure === undefined ? finish() : reject(asFault(failure))),
        });
        committing ??= commitWhatComes();
      });
    },
    async close() {
      await committing;
      log.close();
    },
  };
}

/** Another process writes, an import for instance: nothing has been run yet. */
async function whenFree(run: () => void, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (true) {
    try {
      return run();
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY';
      if (!isBusy || performance.now() >= until) throw error;
    }
    await delay(retryMs);
  }
}

const syncFile = promisify(fdatasync);

/** SQLite made it when it opened the database, and keeps it until it closes it. */
function openLog({ name }: Database.Database): LogSync {
  const file = openSync(`${name}-wal`, 'r+');
  return { sync: () => syncFile(file), close: () => closeSync(file) };
}

function asFault(error: unknown): unknown {
  if (!isOfTheDisk(error)) return error;
  return new DeviceError('storage', 'store', error.message, error);
}

function isOfTheDisk(error: unknown): error is Error {
  return error instanceof Database.SqliteError || (error instanceof Error && 'syscall' in error);
}
