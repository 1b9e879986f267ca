/** Publishes on schedule, and soon after an urgent change; one publication at a time, in a thread of its own. */
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { superviseWorker } from '../../../device/kit/supervised-worker.ts';
import type { Publication } from './publish-next.ts';
import type { PublishAnswer, PublishRequest, PublishSettings } from './publish-worker.ts';
import { dueAtOnce, type PublishTimes, type Schedule, whenBegun, whenEnded, whenUrgent } from './schedule.ts';

export interface Publishing {
  /** Something urgent has changed. */
  soon(): void;
  /** After the one under way, if any. @throws Error when it fails; it is tried again by itself */
  now(): Promise<Publication>;
  /** Held, it publishes only what `now` asks for. */
  hold(isHeld: boolean): void;
  /** The last one. */
  readonly last: Publication | undefined;
  /** When that was, Unix milliseconds; 0 for never. */
  readonly lastAt: number;
  /** A publication under way may be broken off: the next start finds out. */
  close(): Promise<void>;
}

/** A publication that is still under way after this is broken off. */
const closeLimitMs = 1000;

/**
 * @param times read anew each time
 * @param prepare done before each publication
 */
export function publishOnSchedule(
  settings: PublishSettings,
  times: PublishTimes,
  prepare: () => Promise<void>,
  log: Log,
  now: () => number = Date.now,
): Publishing {
  const thread = startThread(settings, log, now);
  let schedule = dueAtOnce(now());
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  let last: Publication | undefined;
  let lastAt = 0;
  let isClosed = false;
  let isHeld = false;

  function follow(next: Schedule): void {
    schedule = next;
    clearTimeout(timer);
    if (isClosed || isHeld || schedule.dueAt === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(publishIfIdle, Math.max(0, schedule.dueAt - now()));
  }

  /** Otherwise the end of the publication under way sets the next one's time. */
  function publishIfIdle(): void {
    if (running === undefined) void publish().catch(() => undefined);
  }

  function publish(): Promise<Publication> {
    follow(whenBegun(schedule));
    const mine = Promise.resolve(running)
      .catch(() => undefined)
      .then(publishNow)
      .finally(() => {
        if (running === mine) running = undefined;
      });
    running = mine;
    return mine;
  }

  async function publishNow(): Promise<Publication> {
    if (isClosed) throw new Error('closed');
    try {
      await prepare();
      last = await thread.publish();
      lastAt = now();
      log.info('published', { ...last });
      follow(whenEnded(schedule, times, lastAt, false));
      return last;
    } catch (error) {
      if (!isClosed) log.error('publication-failed', { problem: messageOf(error) });
      follow(whenEnded(schedule, times, now(), true));
      throw error;
    }
  }

  follow(schedule);
  return {
    soon: () => follow(whenUrgent(schedule, times, now())),
    now: publish,
    hold(next) {
      isHeld = next;
      follow(schedule);
    },
    get last() {
      return last;
    },
    get lastAt() {
      return lastAt;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await thread.close();
      await running?.catch(() => undefined);
    },
  };
}

/** The publishing thread; it is asked for one publication at a time. */
function startThread(settings: PublishSettings, log: Log, now: () => number) {
  let answer: (answer: PublishAnswer) => void = () => {};
  const worker = superviseWorker<PublishRequest, PublishAnswer>({
    program: new URL('./publish-worker.js', import.meta.url),
    workerData: settings,
    onMessage: message => answer(message),
    onDeath(why, cause) {
      log.error('publisher-died', { problem: why });
      answer({ failed: 'the publisher died' });
      return new DeviceError('disconnected', 'publisher', why, cause);
    },
  });
  return {
    async publish(): Promise<Publication> {
      const answered = new Promise<PublishAnswer>(resolve => {
        answer = resolve;
      });
      if (!worker.send({ publishAt: now() })) answer({ failed: 'the publisher died' });
      const found = await answered;
      if ('failed' in found) throw new Error(found.failed);
      if (found.unvouched !== undefined) log.warn('time-unvouched', { problem: found.unvouched });
      return found.published;
    },
    async close(): Promise<void> {
      await worker.close({ request: 'end', limitMs: closeLimitMs });
      answer({ failed: 'closed' });
    },
  };
}
