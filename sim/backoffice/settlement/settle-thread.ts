/** Settles a day in a thread of its own: a city's takes minutes, and the office answers meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../device/kit/errors.ts';
import { openTrips } from '../intake/trips-file.ts';
import { notePast } from './past.ts';
import { settleDay } from './settle-day.ts';
import type { DayAccount } from './settled-file.ts';
import { readTariffs } from './tariffs.ts';

export interface ThreadWork {
  readonly dir: string;
  readonly feed: string;
  readonly day: number;
  /** Unix milliseconds */
  readonly now: number;
}

export type ThreadAnswer = { readonly settled: DayAccount } | { readonly failed: string };

function answer({ dir, feed, day, now }: ThreadWork): ThreadAnswer {
  try {
    const trips = openTrips(dir);
    try {
      notePast(dir, feed, trips, now);
      return { settled: settleDay({ dir, trips, tariffs: readTariffs(dir), day, now }) };
    } finally {
      trips.close();
    }
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

parentPort?.postMessage(answer(workerData));
