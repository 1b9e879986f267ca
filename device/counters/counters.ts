/**
 * What a validator has done since it was first started, for who judges its wear: taps by verdict, starts, hours, bytes written. Kept in
 * a small file beside the journal, written at a start, once an hour and at the end, for a counter must not itself wear out the disk.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, monotonic as sinceStart, withinTime } from '../kit/time.ts';
import { writeWhole } from '../kit/whole-file.ts';

const count = z.int().min(0);

/** The file's format; the hardware's own part is added when they are asked for. */
export const counterSchema = z.object({
  /** When counting began, Unix milliseconds; by a clock that nobody may have vouched for. */
  since: z.number(),
  starts: count,
  /** In seconds. */
  upFor: z.number().min(0),
  /** To the disk, by the kernel's account of this process. */
  writtenBytes: count,
  /** How many by verdict. */
  taps: z.record(z.string().max(40), count),
});

export type Counted = z.infer<typeof counterSchema>;

export interface Counters {
  tap(verdict: string): void;
  now(): Counted;
  /** Writes them down now. */
  close(): Promise<void>;
}

export interface CountersParts {
  readonly file: string;
  readonly log: Pick<Log, 'warn'>;
  readonly clock: Clock;
  readonly monotonic?: Clock;
  /** What this process has written so far; undefined where the kernel does not say. */
  readonly writtenBytes?: () => number | undefined;
}

const hourMs = 3_600_000;
const closeMs = 300;

export function openCounters(about: CountersParts): Counters {
  const { file, log, clock, monotonic = sinceStart, writtenBytes = bytesWrittenByUs } = about;
  const before = readCounters(file, log) ?? {
    since: clock(),
    starts: 0,
    upFor: 0,
    writtenBytes: 0,
    taps: {},
  };
  const taps = new Map(Object.entries(before.taps));
  const startedAt = monotonic();
  let writing: Promise<void> = Promise.resolve();

  function now(): Counted {
    return {
      since: before.since,
      starts: before.starts + 1,
      upFor: before.upFor + Math.max(0, Math.round((monotonic() - startedAt) / 1000)),
      writtenBytes: before.writtenBytes + (writtenBytes() ?? 0),
      taps: Object.fromEntries(taps),
    };
  }

  function write(): Promise<void> {
    const warn = (error: unknown) => log.warn('counters-not-written', { problem: messageOf(error) });
    writing = writing.then(() => writeWhole(file, `${JSON.stringify(now())}\n`)).catch(warn);
    return writing;
  }

  const timer = setInterval(() => void write(), hourMs);
  timer.unref();
  void write();
  return {
    tap: verdict => void taps.set(verdict, (taps.get(verdict) ?? 0) + 1),
    now,
    async close() {
      clearInterval(timer);
      // A disk that hangs does not keep the others from being closed.
      await withinTime(write(), closeMs, () => undefined);
    },
  };
}

/** A file that cannot be used is told, and counting begins anew: no ride hangs on it. */
function readCounters(file: string, log: Pick<Log, 'warn'>): Counted | undefined {
  try {
    return counterSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const isThere = Object(error).code !== 'ENOENT';
    if (isThere)
      log.warn('counters-begun-anew', {
        problem: error instanceof z.ZodError ? 'damaged' : messageOf(error),
      });
    return undefined;
  }
}

/** `write_bytes` of proc_pid_io(5). */
function bytesWrittenByUs(): number | undefined {
  try {
    const [, bytes] = /^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? [];
    return bytes === undefined ? undefined : Number(bytes);
  } catch {
    return undefined;
  }
}
