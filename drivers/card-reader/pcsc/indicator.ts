/**
 * Shows verdicts on a reader, only while no card is being read: a step waits until nothing has been asked of a card for a
 * while, and a newer verdict takes the place of what is left of an older one. A reader that only ever refuses is not asked
 * again; one that has taken commands may be held by another program for a while.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Light, Tone } from '../../../device/core/screen.ts';
import type { Field } from './field.ts';
import type { Signal } from './signals.ts';

/** Longer than between two commands to a card that is being read. */
const quietMs = 30;

/** One refusal may be of the moment. */
const refusalsBelieved = 3;

/** @returns shows a verdict; resolves when it is shown, refused, or a newer one's turn */
export function createIndicator(signal: Signal, field: Field): (light: Light, tone: Tone) => Promise<void> {
  let latest = 0;
  let hasTaken = false;
  let refusals = 0;

  async function show(light: Light, tone: Tone): Promise<void> {
    const mine = ++latest;
    for (const { command, thenWaitMs } of signal(light, tone)) {
      while (field.quietMs() < quietMs) await sleep(quietMs);
      if (mine !== latest || (!hasTaken && refusals >= refusalsBelieved)) return;
      await field.control(command);
      hasTaken = true;
      await sleep(thenWaitMs);
    }
  }

  return (light, tone) =>
    show(light, tone).catch(() => {
      refusals++;
    });
}
