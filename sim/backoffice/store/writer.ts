/**
 * Commits together what is written in one turn of the event loop: each write is all or nothing for itself, and is told as
 * done when the disk has it; many of them share one fsync.
 */
import Database from 'better-sqlite3';
import { DeviceError } from '../../../device/errors.ts';
import { busyTimeoutMs, withoutWaiting } from './sqlite-file.ts';

/** Pages are served meanwhile. */
const retryMs = 20;

export interface Writer {
  /** @throws what `work` throws, then nothing of it is written; DeviceError storage where the database fails */
  write<T>(work: () => T): Promise<T>;
}

interface Waiting {
  run(): void;
  /** After the commit. */
  settle(failure: unknown): void;
}

/** @param busyLimitMs another process may write for so long */
export function createWriter(db: Database.Database, busyLimitMs = busyTimeoutMs): Writer {
  let waiting: Waiting[] = [];
  let busySince: number | undefined;
  const runAll = db.transaction((jobs: readonly Waiting[]) => {
    for (const job of jobs) job.run();
  });

  function commitAll(): void {
    let failure: unknown;
    try {
      withoutWaiting(db, () => runAll.immediate(waiting));
    } catch (error) {
      if (mayTryAgain(error)) return void setTimeout(commitAll, retryMs);
      failure = error;
    }
    busySince = undefined;
    const jobs = waiting;
    waiting = [];
    for (const job of jobs) job.settle(failure);
  }

  /** Another process writes, an import for instance: nothing has been run yet. */
  function mayTryAgain(error: unknown): boolean {
    if (!(error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY')) return false;
    busySince ??= performance.now();
    return performance.now() - busySince < busyLimitMs;
  }

  return {
    write(work) {
      if (waiting.length === 0) setImmediate(commitAll);
      return new Promise((resolve, reject) => {
        // Nested: a savepoint, rolled back alone.
        const job = db.transaction(work);
        let finish = () => reject(new Error('not written'));
        const run = () => {
          try {
            const result = job();
            finish = () => resolve(result);
          } catch (error) {
            finish = () => reject(asFault(error));
          }
        };
        waiting.push({
          run,
          settle: failure => (failure === undefined ? finish() : reject(asFault(failure))),
        });
      });
    },
  };
}

function asFault(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  return new DeviceError('storage', 'store', error.message, error);
}
