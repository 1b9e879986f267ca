/** The launcher's thread over a firmware on trial: at the end of its time, what is not confirmed is given up and ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { endTrial, isOnTrial, type TrialWatchSettings } from './attend-trial.ts';
import { readBoot } from './boot-file.ts';

const { directory, trial }: TrialWatchSettings = workerData;
/** The firmware gives itself up in time, and knows why; this is for one that cannot. */
const graceMs = 5000;

void delay(trial.confirmWithinMs + graceMs).then(() => {
  const now = readBoot(directory);
  if (!isOnTrial(now, trial)) return;
  endTrial(directory, now, `no confirmation within ${trial.confirmWithinMs / 1000} s, and no end`);
  process.kill(process.pid, 'SIGKILL');
});
