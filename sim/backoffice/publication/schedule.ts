/** When the feed is published next. Pure: callers say what time it is, in Unix milliseconds. */

export interface PublishTimes {
  /** At least this often, for metadata and freshness are renewed even where nothing changes. */
  readonly everyMs: number;
  /** From an urgent change to its publication, so that others may come along. */
  readonly debounceMs: number;
  /** From the end of one publication to the start of the next. */
  readonly pauseMs: number;
  /**
   * After so many publications within that time, the next one waits. The files of the last 16 versions are kept, and a slow
   * validator must have the time to fetch the files named by the version it has read.
   */
  readonly atMost: { readonly publications: number; readonly withinMs: number };
}

export const usualTimes: PublishTimes = {
  everyMs: 60_000,
  debounceMs: 200,
  pauseMs: 1000,
  atMost: { publications: 14, withinMs: 140_000 },
};

/** A publication that failed is tried again after this. */
const retryMs = 5000;

export interface Schedule {
  /** When the next publication is to begin; Infinity for none. */
  readonly dueAt: number;
  /** When the last publications ended, oldest first. */
  readonly endedAt: readonly number[];
}

export function dueAtOnce(now: number): Schedule {
  return { dueAt: now, endedAt: [] };
}

/** Something urgent has changed. */
export function whenUrgent(schedule: Schedule, times: PublishTimes, now: number): Schedule {
  const urgentAt = Math.max(now + times.debounceMs, freeAt(schedule, times));
  return { ...schedule, dueAt: Math.min(schedule.dueAt, urgentAt) };
}

/** A publication takes along all that was due. */
export function whenBegun(schedule: Schedule): Schedule {
  return { ...schedule, dueAt: Number.POSITIVE_INFINITY };
}

/** What became due during the publication waits for the pause; a failure is tried again early. */
export function whenEnded(
  { dueAt, endedAt }: Schedule,
  times: PublishTimes,
  now: number,
  hasFailed: boolean,
): Schedule {
  const ended = { dueAt, endedAt: [...endedAt, now].slice(-times.atMost.publications) };
  const regularAt = now + (hasFailed ? Math.min(retryMs, times.everyMs) : times.everyMs);
  return { ...ended, dueAt: Math.min(regularAt, Math.max(dueAt, freeAt(ended, times))) };
}

/** From when on validators can follow another version. */
function freeAt({ endedAt }: Schedule, { atMost, pauseMs }: PublishTimes): number {
  const counted = endedAt.at(-atMost.publications);
  const followedAt = counted === undefined ? 0 : counted + atMost.withinMs;
  return Math.max(followedAt, (endedAt.at(-1) ?? 0) + pauseMs);
}
