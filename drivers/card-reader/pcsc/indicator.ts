/**
 * Shows verdicts on a reader, only while no card is being read: a step waits until nothing has been asked of a card for a
 * while, and a newer verdict takes the place of what is left of an older one. A reader that refuses is not asked again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Light, Tone } from '../../../device/core/notice.ts';
import type { Field } from './field.ts';
import type { Signal } from './signals.ts';

/** Longer than between two commands to a card that is being read. */
const quietMs = 30;

export function createIndicator(signal: Signal, field: Field): (light: Light, tone: Tone) => void {
  let latest = 0;
  let refused = false;

  async function show(light: Light, tone: Tone): Promise<void> {
    const mine = ++latest;
    for (const { command, thenWaitMs } of signal(light, tone)) {
      while (field.quietMs() < quietMs) await sleep(quietMs);
      if (mine !== latest || refused) return;
      await field.control(command);
      await sleep(thenWaitMs);
    }
  }

  return (light, tone) => {
    void show(light, tone).catch(() => {
      refused = true;
    });
  };
}
