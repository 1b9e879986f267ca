/**
 * Runs in a thread of the reader's process: ends the process when the firmware is gone, even while native code holds the
 * main thread for good.
 */
import { workerData } from 'node:worker_threads';

const lookMs = 250;
const { parent } = workerData as { readonly parent: number };

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, lookMs);
