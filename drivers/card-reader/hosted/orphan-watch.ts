/**
 * Runs in a thread of the reader's process: ends the process when the firmware is gone, even while native code holds the
 * main thread for good.
 */
import { workerData } from 'node:worker_threads';

const pollMs = 250;
const { parent } = workerData as { readonly parent: number };

/** The main thread puts the reader's light out meanwhile, if it can. */
const graceMs = 1200;
const polling = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(polling);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs);
}, pollMs);
