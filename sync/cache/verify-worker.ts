/** The thread that compares the generation in use with what the feed announced, row by row, when somebody asks. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../device/kit/errors.ts';
import type { JobAnswer } from '../../device/kit/one-job.ts';
import { type CheckResult, checkSlowly } from '../client/background-check.ts';
import type { FleetKey } from '../fleet-keys.ts';

export interface VerifyJob {
  readonly directory: string;
  readonly keys: readonly FleetKey[];
}

const { directory, keys }: VerifyJob = workerData;

function answer(message: JobAnswer<CheckResult>): void {
  parentPort?.postMessage(message);
}

checkSlowly(directory, keys).then(
  done => answer({ done }),
  error => answer({ failed: messageOf(error) }),
);
