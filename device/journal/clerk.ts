/** What is done with the whole journal while rides go on: a check of all rows, and a copy to take away. One at a time. */
import { doInThread } from '../kit/one-job.ts';
import type { RowsChecked } from './check-rows.ts';
import type { ClerkJob } from './clerk-worker.ts';
import type { Exported } from './export-journal.ts';

export interface JournalClerk {
  /**
   * @param acknowledged rows up to it may have been deleted; asked when all rows have been read
   * @throws Error that says why it cannot be checked
   */
  verify(acknowledged: () => number, signal?: AbortSignal): Promise<RowsChecked>;
  /** Makes `out`, which is not there yet. @throws Error that names the file */
  export(out: string, signal?: AbortSignal): Promise<Exported>;
}

const limitMs = 600_000;

/** @param path the journal's */
export function createJournalClerk(path: string): JournalClerk {
  let isBusy = false;

  async function one<T>(job: ClerkJob, signal?: AbortSignal): Promise<T> {
    if (isBusy) throw new Error('the journal is being gone through already');
    isBusy = true;
    try {
      const program = new URL('./clerk-worker.js', import.meta.url);
      return await doInThread<T>({ program, job, limitMs, signal });
    } finally {
      isBusy = false;
    }
  }

  return {
    async verify(acknowledged, signal) {
      const checked = await one<RowsChecked>({ do: 'verify', path }, signal);
      return { ...checked, missing: checked.missing.filter(({ last }) => last > acknowledged()) };
    },
    export: (out, signal) => one({ do: 'export', path, out }, signal),
  };
}
