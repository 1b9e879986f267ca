/** The self-test: each part asked for proof that it works, within a limit, one after the other; the last record is in a file. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, withinTime } from '../kit/time.ts';
import { writeWhole } from '../kit/whole-file.ts';

/** A part that these settings do not name. */
export class NotThere {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export interface Step {
  readonly name: string;
  readonly limitMs: number;
  /** @returns what shows that it works, in a few words. Throws or rejects with what does not */
  run(signal: AbortSignal): string | NotThere | Promise<string | NotThere>;
}

export const stepResults = ['pass', 'fail', 'not-there'] as const;

export const selftestSchema = z.object({
  /** ISO 8601, UTC, by the believed clock. */
  at: z.iso.datetime(),
  version: z.string(),
  by: z.enum(['technician', 'night']),
  passed: z.boolean(),
  tookMs: z.number(),
  steps: z.array(
    z.object({ name: z.string(), result: z.enum(stepResults), detail: z.string(), tookMs: z.number() }),
  ),
});

export type SelftestRecord = z.infer<typeof selftestSchema>;

export interface Selftest {
  /**
   * @param begins told of each step as it begins
   * @throws Error where one is running, and where `signal` aborts: then there is no record
   */
  run(by: SelftestRecord['by'], signal: AbortSignal, begins?: (step: Step) => void): Promise<SelftestRecord>;
  /** Of this start or one before; undefined where there is none. */
  last(): SelftestRecord | undefined;
}

export type StepRecord = SelftestRecord['steps'][number];

export interface SelftestParts {
  readonly file: string;
  readonly version: string;
  /** To be asked each time. */
  readonly steps: () => readonly Step[];
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'error' | 'warn'>;
}

const mostDetail = 300;

export function createSelftest({ file, version, steps, clock, log }: SelftestParts): Selftest {
  let last = readRecord(file);
  let isRunning = false;

  async function runSteps(signal: AbortSignal, begins: (step: Step) => void): Promise<StepRecord[]> {
    const done: StepRecord[] = [];
    for (const step of steps()) {
      begins(step);
      const record = await runStep(step, signal);
      if (signal.aborted) throw new Error('given up');
      done.push(record);
    }
    return done;
  }

  async function keep(record: SelftestRecord): Promise<void> {
    last = record;
    const failed = record.steps.filter(({ result }) => result === 'fail');
    const names = failed.map(({ name, detail }) => `${name}: ${detail}`);
    if (record.passed) log.info('selftest', { by: record.by, passed: true });
    else log.error('selftest', { by: record.by, passed: false, failed: names });
    await writeWhole(file, `${JSON.stringify(record)}\n`).catch(error =>
      log.warn('selftest-not-written', { problem: messageOf(error) }),
    );
  }

  return {
    async run(by, signal, begins = () => undefined) {
      if (isRunning) throw new Error('a self-test is running already');
      isRunning = true;
      try {
        const at = new Date(clock()).toISOString();
        const startedAt = performance.now();
        const done = await runSteps(signal, begins);
        const passed = done.every(({ result }) => result !== 'fail');
        const record = { at, version, by, passed, tookMs: since(startedAt), steps: done };
        await keep(record);
        return record;
      } finally {
        isRunning = false;
      }
    },
    last: () => last,
  };
}

async function runStep({ name, limitMs, run }: Step, signal: AbortSignal): Promise<StepRecord> {
  const startedAt = performance.now();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const late = () => {
    throw new Error(`no answer in ${limitMs / 1000} s`);
  };
  try {
    const outcome = await withinTime(
      Promise.resolve().then(() => run(limit)),
      limitMs,
      late,
    );
    const tookMs = since(startedAt);
    return outcome instanceof NotThere
      ? { name, result: 'not-there', detail: outcome.why, tookMs }
      : { name, result: 'pass', detail: outcome.slice(0, mostDetail), tookMs };
  } catch (error) {
    return { name, result: 'fail', detail: messageOf(error).slice(0, mostDetail), tookMs: since(startedAt) };
  }
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

function readRecord(file: string): SelftestRecord | undefined {
  try {
    return selftestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
