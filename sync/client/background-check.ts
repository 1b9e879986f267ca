/** Slowly checks the generation in use, row by row, against what the feed announced. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../device/kit/errors.ts';
import { checkGeneration } from '../cache/check-generation.ts';
import { readPointer } from '../cache/directory.ts';
import { isDamage, openGeneration } from '../cache/generation.ts';
import type { FleetKey } from '../fleet-keys.ts';

export type CheckResult =
  | { readonly generation: string; readonly whole: true }
  | { readonly generation: string; readonly whole: false; readonly why: string }
  /** There is no generation, or another has come into use meanwhile. */
  | 'nothing to say';

/** The share of the time that it works. */
const share = 0.1;

export async function checkSlowly(directory: string, keys: readonly FleetKey[]): Promise<CheckResult> {
  const generation = readPointer(directory)?.current;
  if (generation === undefined) return 'nothing to say';
  const isStillInUse = () => readPointer(directory)?.current === generation;
  try {
    const opened = openGeneration(join(directory, generation), keys, { readonly: true });
    try {
      const steps = checkGeneration(opened);
      for (let done = false; !done; ) {
        if (!isStillInUse()) return 'nothing to say';
        const started = performance.now();
        done = steps.next().done === true;
        await delay((performance.now() - started) * (1 / share - 1));
      }
    } finally {
      opened.db.close();
    }
    return { generation, whole: true };
  } catch (error) {
    if (!isStillInUse() || !isDamage(error)) return 'nothing to say';
    return { generation, whole: false, why: messageOf(error) };
  }
}
