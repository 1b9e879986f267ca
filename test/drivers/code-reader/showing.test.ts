/** One showing is one ride: films of a code that is hard to read, through the real engine, with time counted in frames. */
import * as assert from 'uvu/assert';
import type { CodeRead } from '../../../device/ports.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { lookAt } from '../../../drivers/code-reader/look.ts';
import { openEngine } from '../../../drivers/code-reader/open-engine.ts';
import { createPresence } from '../../../drivers/code-reader/presence.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { bytesRead, sampleCodes } from '../../contract/code-reader.ts';
import { suite } from '../../harness.ts';

const [code = new Uint8Array(), other = new Uint8Array()] = sampleCodes;
const held = { codeHeight: 0.75, blurPixels: 0.7, noise: 2, rotationDeg: 5 };
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** @returns what is presented, and how many frames were read */
async function watch(frames: Iterable<GreyFrame>, framesPerSecond: number) {
  const { engine } = await openEngine('zxing');
  const presence = createPresence(1000);
  const presented: CodeRead[] = [];
  let good = 0;
  let count = 0;
  for (const frame of frames) {
    const nowMs = (count++ * 1000) / framesPerSecond;
    const look = lookAt(engine, frame, presence.nextEffort(nowMs), presence.held());
    if (look.codes.length > 0) good++;
    const read = presence.see(look, nowMs);
    if (read !== undefined) presented.push(read);
  }
  return { presented: bytesRead(presented), good, count };
}

function* repeated(count: number, frameAt: (i: number) => GreyFrame): Generator<GreyFrame> {
  for (let i = 0; i < count; i++) yield frameAt(i);
}

const changed = (frame: GreyFrame, shadeAt: (shade: number, y: number) => number): GreyFrame => ({
  ...frame,
  grey: frame.grey.map((shade, at) => shadeAt(shade, Math.floor(at / frame.width))),
});

suite('one showing', test => {
  for (const framesPerSecond of [1, 4, 12]) {
    test(`a dark-mode code at ${framesPerSecond} frames a second`, async () => {
      const dark = changed(renderFrame([code], held), shade => 255 - shade);
      const { presented } = await watch(
        repeated(6 * framesPerSecond, () => dark),
        framesPerSecond,
      );
      assert.equal(presented, [hexOf(code)]);
    });
  }

  for (const [lines, light] of [
    [150, 0.05],
    [240, 0.3],
  ] as const) {
    test(`a band of ${lines} lines, dimmed to ${light}, that moves 3 lines a frame`, async () => {
      const bright = renderFrame([code], held);
      const { height } = bright;
      const dimmed = (top: number) =>
        changed(bright, (shade, y) => ((y - top + height) % height < lines ? shade * light : shade));
      const { presented, good, count } = await watch(
        repeated(height / 3, i => dimmed(3 * i)),
        15,
      );
      assert.ok(good < count - 15, 'it is unread for a second and more');
      assert.equal(presented, [hexOf(code)]);
    });
  }

  for (const blurPixels of [4, 8]) {
    test(`one frame in thirty is sharp, the others are blurred by ${blurPixels} pixels`, async () => {
      const sharp = renderFrame([code], held);
      const blurred = renderFrame([code], { ...held, blurPixels });
      const { presented } = await watch(
        repeated(91, i => (i % 30 === 0 ? sharp : blurred)),
        15,
      );
      assert.equal(presented, [hexOf(code)]);
    });
  }

  for (const [codeHeight, blurPixels] of [
    [0.5, 4],
    [0.75, 8],
  ] as const) {
    test(`a hand moves 64 pixels to and fro, one frame in ten is sharp, the others are blurred by ${blurPixels}`, async () => {
      const framesPerSecond = 4;
      const shaken = (i: number) =>
        renderFrame([code], {
          ...held,
          codeHeight,
          rotationDeg: 5 + 3 * Math.sin(i),
          blurPixels: i % 10 === 0 ? held.blurPixels : blurPixels,
          offsetX: (64 * Math.sin((2 * Math.PI * 0.7 * i) / framesPerSecond)) / 640,
          offsetY: (30 * Math.cos((2 * Math.PI * 0.45 * i) / framesPerSecond)) / 480,
          seed: i + 1,
        });
      const { presented, good } = await watch(repeated(31, shaken), framesPerSecond);
      assert.ok(good >= 3, 'it is read again and again');
      assert.equal(presented, [hexOf(code)]);
    });
  }

  for (const darkestLight of [1, 0.35]) {
    test(`a code that goes and comes back is two showings, with ${darkestLight} of the light on one side`, async () => {
      const shown = renderFrame([code], { ...held, darkestLight });
      const scene = renderFrame([], { noise: 2, darkestLight });
      const next = renderFrame([other], { ...held, darkestLight });
      const film = [...Array(5).fill(shown), ...Array(20).fill(scene), shown, next];
      const { presented } = await watch(film, 15);
      assert.equal(presented, [code, code, other].map(hexOf), 'the next passenger is told at once');
    });
  }

  for (const pixels of [100, 130, 160]) {
    test(`another system's code, ${pixels} pixels beside where a ride code was, is answered`, async () => {
      const placed = { ...held, rotationDeg: 0, codeHeight: 0.45 };
      const before = renderFrame([code], { ...placed, offsetX: -0.2 });
      const next = renderFrame([foreignCodes.alipay], { ...placed, offsetX: -0.2 + pixels / 640 });
      const { presented } = await watch([...Array(8).fill(before), ...Array(16).fill(next)], 8);
      assert.equal(presented, [code, foreignCodes.alipay].map(hexOf));
    });
  }
});
