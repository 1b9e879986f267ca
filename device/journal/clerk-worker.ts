/** The thread that goes through the whole journal: `verify` and `export`, beside the taps. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { messageOf } from '../kit/errors.ts';
import type { JobAnswer } from '../kit/one-job.ts';
import { checkRows, type RowsChecked } from './check-rows.ts';
import { type Exported, exportJournal } from './export-journal.ts';

export type ClerkJob =
  | { readonly do: 'verify'; readonly path: string }
  | { readonly do: 'export'; readonly path: string; readonly out: string };

/** The share of the time that it works: a validator may have one core. */
const share = 0.25;

function verify(path: string): RowsChecked {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
  try {
    const steps = checkRows(db);
    for (;;) {
      const startedAt = performance.now();
      const step = steps.next();
      if (step.done) return step.value;
      pause((performance.now() - startedAt) * (1 / share - 1));
    }
  } finally {
    db.close();
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function carryOut(job: ClerkJob): RowsChecked | Exported {
  return job.do === 'verify' ? verify(job.path) : exportJournal(job.path, job.out);
}

function answer(): JobAnswer<RowsChecked | Exported> {
  try {
    return { done: carryOut(workerData) };
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

parentPort?.postMessage(answer());
