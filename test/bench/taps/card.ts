/** Cards: from a card's dialling the reader to the notice on the display's wire. */
import { cardOf } from '../people.ts';
import type { TestStand } from '../test-stand.ts';
import type { Reference } from './reference.ts';

const warmUpTaps = 300;
const taps = 1500;

/** The camera runs meanwhile, as on the bus. @returns milliseconds of each tap */
export async function timeTaps(stand: TestStand, reference: Reference): Promise<number[]> {
  const tookMs: number[] = [];
  const stopCamera = stand.streamScene();
  try {
    for (let serial = 0; serial < warmUpTaps + taps; serial++) {
      const tapMs = await stand.tap(cardOf(serial));
      reference.insert();
      if (serial >= warmUpTaps) tookMs.push(tapMs);
    }
  } finally {
    stopCamera();
  }
  return tookMs;
}
