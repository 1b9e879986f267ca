/**
 * Commits together what is written in one turn of the event loop: each write is all or nothing for itself, and is told as
 * done when the disk has it; many of them share one fsync.
 */
import Database from 'better-sqlite3';
import { DeviceError } from '../../../device/errors.ts';

export interface Writer {
  /** @throws what `work` throws, then nothing of it is written; DeviceError storage where the database fails */
  write<T>(work: () => T): Promise<T>;
}

interface Waiting {
  run(): void;
  /** After the commit. */
  settle(failure: unknown): void;
}

export function createWriter(db: Database.Database): Writer {
  let waiting: Waiting[] = [];

  function commitAll(): void {
    const jobs = waiting;
    waiting = [];
    let failure: unknown;
    try {
      db.transaction(() => {
        for (const job of jobs) job.run();
      }).immediate();
    } catch (error) {
      failure = error;
    }
    for (const job of jobs) job.settle(failure);
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
