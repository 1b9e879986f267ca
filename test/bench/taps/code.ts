/** Ride codes: from the first byte of the first camera frame that shows one to the notice on the display's wire. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cameraSize } from '../../../sim/bus/validator-post.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { y4mFrame } from '../../../sim/media/y4m.ts';
import { codeOf } from '../people.ts';
import { boarding, frameMs, type TestStand } from '../test-stand.ts';
import type { Reference } from './reference.ts';

const warmUpCodes = 30;
const codes = 300;

/** @returns milliseconds of each code */
export async function timeCodes(stand: TestStand, reference: Reference): Promise<number[]> {
  const tookMs: number[] = [];
  for (let serial = 0; serial < warmUpCodes + codes; serial++) {
    const frame = frameOf(codeOf(serial, stand.issuer), serial);
    // One to four frames without a code: the code comes at every step of the reader's turn to look thoroughly.
    for (let i = 0; i <= serial % 4; i++) {
      stand.showScene();
      await sleep(frameMs);
    }
    const codeMs = await stand.show(frame, boarding);
    reference.insert();
    if (serial >= warmUpCodes) tookMs.push(codeMs);
  }
  return tookMs;
}

/** A phone in the hand of someone boarding: a little tilted, a little out of focus. */
function frameOf(code: Uint8Array, seed: number): Uint8Array {
  const random = createRandom(seed);
  const held = {
    codeHeight: random.between(0.6, 0.8),
    rotationDeg: random.between(-10, 10),
    tiltXDeg: random.between(-8, 8),
    blurPixels: 0.6,
    noise: 3,
  };
  return y4mFrame(renderFrame([code], { ...cameraSize, ...held, seed }));
}
