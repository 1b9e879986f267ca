/**
 * What the launcher does while a firmware is on trial, whatever that firmware does: a thread gives it up where it has not
 * confirmed itself in its time, even if it hangs, and no exit code keeps the supervisor from starting the next.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../kit/errors.ts';
import { sayError } from '../kit/printable.ts';
import { readBoot, writeBoot } from './boot-file.ts';
import { type BootRecord, giveUp, type Trial } from './boot-record.ts';

export interface TrialWatchSettings {
  readonly directory: string;
  readonly trial: Trial;
}

/** sysexits.h: EX_TEMPFAIL: a supervisor starts the process again. */
const startAgain = 75;
/** Wrong usage, and settings that it cannot use: another start would end as this one. */
const unusable = 2;

/** @returns when the thread watches */
export async function attendTrial(directory: string, trial: Trial): Promise<void> {
  const settings: TrialWatchSettings = { directory, trial };
  const watch = new Worker(new URL('./trial-watch.js', import.meta.url), { workerData: settings });
  watch.on('error', error => sayError(`the watch over the trial: ${messageOf(error)}`));
  await once(watch, 'online');
  watch.unref();
  process.on('exit', code => {
    process.exitCode = afterExit(directory, trial, code);
  });
}

/** @returns the exit code that the process ends with instead */
export function afterExit(directory: string, trial: Trial, code: number): number {
  const now = readBoot(directory);
  if (!isOnTrial(now, trial)) return code;
  if (code === unusable) endTrial(directory, now, `it ended with exit code ${code}`);
  // It has stopped in order, and that start is not counted.
  else if (code === 0 && (now.trial?.starts ?? 0) < trial.starts) return code;
  return startAgain;
}

export function isOnTrial({ trial }: BootRecord, one: Pick<Trial, 'sha256' | 'attempt'>): boolean {
  return trial?.sha256 === one.sha256 && trial.attempt === one.attempt;
}

/** @returns whether the disk has it: if not, its starts run out */
export function endTrial(directory: string, now: BootRecord, why: string): boolean {
  try {
    writeBoot(directory, giveUp(now, why, Date.now()));
    return true;
  } catch (error) {
    sayError(`the boot record cannot be written: ${messageOf(error)}`);
    return false;
  }
}
