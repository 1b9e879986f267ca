/**
 * What is to be started: the firmware in use, and a new one on trial. Every change is a new record, and a record is one file,
 * renamed into its place: a power cut leaves the record before or this one, and either starts a firmware.
 *
 * The launcher and the firmware of three slots read it, each of another version: keys that one does not know are kept.
 */
import { z } from 'zod';

/** Where a firmware lies; `factory` is the installed package's, which nothing overwrites but the package. */
export const slots = ['factory', 'a', 'b'] as const;
export type Slot = (typeof slots)[number];
export type WritableSlot = Exclude<Slot, 'factory'>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.string().min(1).max(64);
const why = z.string().max(500);
/** Unix milliseconds */
const instant = z.number();

const trialShape = {
  slot: z.enum(['a', 'b']),
  version,
  /** Of the archive. */
  sha256,
  /** Which publication of the archive this is. */
  attempt: z.int().min(1),
  /** Starts so far. */
  starts: z.int().min(0),
  /** With that many, and no confirmation, it is given up. */
  mostStarts: z.int().min(1),
  /** A start that has not confirmed itself after so long is given up. */
  confirmWithinMs: z.number().min(1),
  /** Parts that were out of order before: they may be so now. */
  faultsBefore: z.array(z.string()),
  /** The feed had answered before: it must answer now. */
  feedAnswered: z.boolean(),
};

const failedShape = { version, sha256, attempt: z.int().min(1), why, at: instant };

const record = z.looseObject({
  format: z.literal(1),
  /** What is started where nothing is on trial. */
  use: z.enum(slots),
  trial: z.looseObject(trialShape).optional(),
  /** What has been given up, the newest last: not tried again. */
  failed: z.array(z.looseObject(failedShape)).default([]),
  /** That the newest of them was given up is news until another firmware is confirmed. */
  rolledBack: z.boolean().default(false),
});

export type BootRecord = z.infer<typeof record>;
export type Trial = z.infer<z.ZodObject<typeof trialShape>>;
export type Failed = z.infer<z.ZodObject<typeof failedShape>>;

const mostFailed = 16;

export const factoryRecord: BootRecord = { format: 1, use: 'factory', failed: [], rolledBack: false };

/** @returns undefined for what is no record of this format */
export function readRecord(text: string): BootRecord | undefined {
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The slot that may be overwritten; undefined while it is on trial. */
export function spareSlot({ use, trial }: BootRecord): WritableSlot | undefined {
  if (trial !== undefined) return undefined;
  return use === 'a' ? 'b' : 'a';
}

/** The next start is the new firmware's. */
export function beginTrial(now: BootRecord, next: Omit<Trial, 'starts'>): BootRecord {
  return { ...now, trial: { ...next, starts: 0 } };
}

/** A start of what is on trial is counted before it begins. @returns undefined where it has had its starts */
export function countStart(now: BootRecord): BootRecord | undefined {
  const { trial } = now;
  if (trial === undefined) return now;
  return trial.starts < trial.mostStarts
    ? { ...now, trial: { ...trial, starts: trial.starts + 1 } }
    : undefined;
}

/** Somebody has stopped it in order: that says nothing of it. */
export function uncountStart(now: BootRecord): BootRecord {
  const { trial } = now;
  return trial ? { ...now, trial: { ...trial, starts: Math.max(0, trial.starts - 1) } } : now;
}

/** What was on trial is in use from now on. */
export function confirm({ trial, ...now }: BootRecord): BootRecord {
  return trial ? { ...now, use: trial.slot, rolledBack: false } : now;
}

/** Back to what was in use. @param at Unix milliseconds */
export function giveUp({ trial, ...now }: BootRecord, reason: string, at: number): BootRecord {
  if (trial === undefined) return now;
  const { version, sha256, attempt } = trial;
  const entry = { version, sha256, attempt, why: reason.slice(0, 500), at };
  return { ...now, failed: [...now.failed, entry].slice(-mostFailed), rolledBack: true };
}

/** The trial never came about, and may be tried again. */
export function callOff({ trial: _, ...now }: BootRecord): BootRecord {
  return now;
}

/** What is in use cannot be started. */
export function useFactory({ trial: _, ...now }: BootRecord): BootRecord {
  return { ...now, use: 'factory' };
}

export function hasFailed({ failed }: BootRecord, archive: Pick<Failed, 'sha256' | 'attempt'>): boolean {
  return failed.some(({ sha256, attempt }) => sha256 === archive.sha256 && attempt >= archive.attempt);
}
