/**
 * Commits together the writes that come in while the disk is busy with the commit before, so that many share one fsync. Each
 * write is all or nothing for itself, and resolves when the disk has it.
 *
 * The connection does not wait for the disk (synchronous=NORMAL: in WAL mode a commit is then a write to the log, and only
 * checkpoints are synced). The log is synced here instead, in a thread beside the event loop, so that a slow disk holds up only
 * those who write.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { DeviceError } from '../../../device/kit/errors.ts';
import { busyTimeoutMs, withoutWaiting } from './sqlite-file.ts';

/** Between two tries pages are served. */
const retryMs = 20;

export interface Writer {
  /** @throws what `work` throws, and then writes nothing of it; DeviceError storage where database or disk fails */
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
  /** How long to wait while another process writes. */
  readonly busyLimitMs?: number;
  readonly log?: LogSync;
}

/** When `sync` resolves, what was committed before is on the disk. */
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
  /** Once a sync has failed, nothing more is written: only a restart, which reads the log, knows what the disk has. */
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
      // Writes asked for in the same turn come along.
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
        // Nested in the commit's transaction it is a savepoint, and rolled back alone.
        const job = db.transaction(work);
        let finish = () => reject(new Error('not written'));
        const run = () => {
          try {
            const result = job();
            finish = () => resolve(result);
          } catch (error) {
            // A full disk undoes the whole commit, and with it the others' work.
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

/** Tries again while another process writes, an import for instance: nothing has run then. */
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

/** SQLite makes the log when it opens the database, and keeps it until it closes it. */
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
