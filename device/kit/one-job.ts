/** A piece of work that takes seconds, done once in a thread of its own, so that no tap waits for it. */
import { Worker } from 'node:worker_threads';
import { messageOf } from './errors.ts';
import { isLoaded, loaderOf } from './supervised-worker.ts';

/** What a thread answers with: the job's outcome, or why there is none. */
export type JobAnswer<T> = { readonly done: T } | { readonly failed: string };

export interface JobOptions {
  /** A file that reads the job from `workerData` and posts one JobAnswer; not one that awaits anything as it is loaded. */
  readonly program: URL;
  readonly job: unknown;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };

/** @throws Error that says why there is no outcome: the job failed, took too long, or was given up */
export function doInThread<T>({ program, job, limitMs, signal }: JobOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(loaderOf(program), { workerData: job, resourceLimits });
    let hasLoaded = false;
    let isOver = false;

    function end(settle: () => void): void {
      clearTimeout(limit);
      signal?.removeEventListener('abort', giveUp);
      isOver = true;
      settle();
      stop();
    }

    /** Node (20.19) aborts the whole process when a thread is terminated while it loads a module by `require`. */
    function stop(): void {
      if (isOver && hasLoaded) void worker.terminate();
    }

    const giveUp = () => end(() => reject(new Error('given up')));
    const limit = setTimeout(() => end(() => reject(new Error(`not done in ${limitMs / 1000} s`))), limitMs);
    worker.on('message', (message: JobAnswer<T>) => {
      if (isLoaded(message)) {
        hasLoaded = true;
        stop();
      } else if ('done' in message) end(() => resolve(message.done));
      else end(() => reject(new Error(message.failed)));
    });
    worker.on('error', error => end(() => reject(new Error(messageOf(error)))));
    worker.on('exit', () => end(() => reject(new Error('the thread ended'))));
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
  });
}
