/** Publishes on a schedule, and soon after an urgent change; one publication at a time, in a thread of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../../device/errors.ts';
import type { Log } from '../../../device/log.ts';
import type { Publication } from './publish-next.ts';
import type { PublishAnswer, PublishRequest, PublishSettings } from './publish-worker.ts';

export interface PublishTimes {
  /** At least this often: metadata and freshness are renewed also where nothing changes. */
  readonly everyMs: number;
  /** After an urgent change, for others to come along. */
  readonly debounceMs: number;
  /** From the end of one publication to the start of the next. */
  readonly pauseMs: number;
  /**
   * So many publications within that time, then they wait: the files of the last 16 versions are kept, and a slow validator
   * must have the time to fetch what the version it has read names.
   */
  readonly atMost: { readonly publications: number; readonly withinMs: number };
}

export const usualTimes: PublishTimes = {
  everyMs: 60_000,
  debounceMs: 200,
  pauseMs: 1000,
  atMost: { publications: 14, withinMs: 140_000 },
};

export interface Publishing {
  /** There is something urgent. */
  soon(): void;
  /** After the one under way, if any. @throws Error when it fails; it is tried again by itself */
  now(): Promise<Publication>;
  /** The last one. */
  readonly last: Publication | undefined;
  /** When that was, Unix milliseconds; 0 for never. */
  readonly lastAt: number;
  /** A publication under way may be broken off: the next start finds out. */
  close(): Promise<void>;
}

/** One that failed is tried again then. */
const retryMs = 5000;
/** Then a publication under way is broken off. */
const closeLimitMs = 1000;

export function startPublishing(settings: PublishSettings, times: PublishTimes, log: Log): Publishing {
  let worker: Worker | undefined;
  let running: Promise<Publication> | undefined;
  let last: Publication | undefined;
  let lastAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  /** When the last ones ended, oldest first. */
  let ended: readonly number[] = [];
  let hasFailed = false;
  let isClosed = false;

  function runAt(at: number): void {
    if (isClosed || at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(runIfIdle, Math.max(0, at - Date.now()));
  }

  function freeAt(): number {
    const { publications, withinMs } = times.atMost;
    const counted = ended.at(-publications);
    const busyUntil = counted === undefined ? 0 : counted + withinMs;
    return Math.max(busyUntil, (ended.at(-1) ?? 0) + times.pauseMs);
  }

  /** The end of the one under way sets the next one's time. */
  function runIfIdle(): void {
    if (running === undefined) void publish().catch(() => undefined);
  }

  function publish(): Promise<Publication> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    const after = running?.catch(() => undefined) ?? Promise.resolve();
    const mine = after.then(publishOnce).finally(() => {
      if (running === mine) running = undefined;
      const now = Date.now();
      ended = [...ended, now].slice(-times.atMost.publications);
      const wantedAt = Math.max(dueAt, freeAt());
      const afterMs = hasFailed ? Math.min(retryMs, times.everyMs) : times.everyMs;
      dueAt = Number.POSITIVE_INFINITY;
      runAt(Math.min(now + afterMs, wantedAt));
    });
    running = mine;
    return mine;
  }

  async function publishOnce(): Promise<Publication> {
    if (isClosed) throw new Error('closed');
    try {
      worker ??= startWorker();
      const published = await ask(worker);
      last = published;
      lastAt = Date.now();
      hasFailed = false;
      log.info('published', { ...published });
      return published;
    } catch (error) {
      hasFailed = true;
      if (!isClosed) log.error('publication-failed', { problem: messageOf(error) });
      throw error;
    }
  }

  function startWorker(): Worker {
    const started = new Worker(new URL('./publish-worker.js', import.meta.url), { workerData: settings });
    started.on('error', error => log.error('publisher-died', { problem: messageOf(error) }));
    started.on('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  runAt(Date.now());
  return {
    soon: () => runAt(Math.max(Date.now() + times.debounceMs, freeAt())),
    now: () => publish(),
    get last() {
      return last;
    },
    get lastAt() {
      return lastAt;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      if (worker === undefined) return;
      const ending = worker;
      const ended = once(ending, 'exit');
      ending.postMessage('end' satisfies PublishRequest);
      const limit = setTimeout(() => void ending.terminate(), closeLimitMs);
      await ended.finally(() => clearTimeout(limit));
      await running?.catch(() => undefined);
    },
  };
}

async function ask(worker: Worker): Promise<Publication> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const answered = once(worker, 'message', { signal }).then(([answer]) => answer as PublishAnswer);
    const died = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error('the publisher died')));
    worker.postMessage('publish' satisfies PublishRequest);
    const answer = await Promise.race([answered, died]);
    if ('failed' in answer) throw new Error(answer.failed);
    return answer.published;
  } finally {
    waiting.abort();
  }
}
