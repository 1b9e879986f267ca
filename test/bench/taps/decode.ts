/**
 * Decoding 200 generated pictures, the decoder of the firmware against jsQR.
 *
 * jsQR is called bare and once for each frame, its RGBA made beforehand: what the firmware's jsQR engine does
 * around it (a second look for a second code) would only make it slower. The firmware's engine is timed whole.
 */
import jsqr from 'jsqr';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { toRgba } from '../../../drivers/code-reader/jsqr-engine.ts';
import { openEngine } from '../../../drivers/code-reader/open-engine.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { randomFrameOptions } from '../../../sim/media/frame-options.ts';
import { createRandom } from '../../../sim/media/random.ts';
import type { Figure } from '../report.ts';
import { median, sum } from '../statistics.ts';

interface Sample {
  readonly payload: Uint8Array;
  readonly frame: GreyFrame;
}

interface Trial {
  readonly decoded: number;
  readonly tookMs: readonly number[];
}

/** Makes a frame ready, and returns what is timed. */
type Prepare = (frame: GreyFrame) => () => Uint8Array | undefined;

const frames = 200;
const warmUpFrames = 40;

export async function measureDecoding(): Promise<Figure[]> {
  const samples = Array.from({ length: frames }, (_, seed) => sampleOf(seed));
  const { engine, fallback } = await openEngine('zxing');
  if (fallback !== undefined) throw new Error(fallback);
  const zxing = tryOut(samples, frame => () => engine.decode(frame, 'fast')[0]);
  const bare = tryOut(samples, prepareJsqr);
  return [
    { name: 'code.decodeRate', value: zxing.decoded / frames, required: { atLeast: 0.93 } },
    { name: 'code.decodeMs', value: median(zxing.tookMs) },
    { name: 'code.jsqrDecodeRate', value: bare.decoded / frames },
    { name: 'code.jsqrDecodeMs', value: median(bare.tookMs) },
    { name: 'code.speedupOverJsqr', value: sum(bare.tookMs) / sum(zxing.tookMs), required: { atLeast: 8 } },
  ];
}

function sampleOf(seed: number): Sample {
  const random = createRandom(seed);
  const payload = random.bytes(Math.floor(random.between(350, 421)));
  return { payload, frame: renderFrame([payload], randomFrameOptions(seed)) };
}

function tryOut(samples: readonly Sample[], prepare: Prepare): Trial {
  for (const { frame } of samples.slice(0, warmUpFrames)) prepare(frame)();
  let decoded = 0;
  const tookMs = samples.map(({ payload, frame }) => {
    const decode = prepare(frame);
    const started = performance.now();
    const read = decode();
    const took = performance.now() - started;
    if (read !== undefined && Buffer.from(read).equals(payload)) decoded++;
    return took;
  });
  return { decoded, tookMs };
}

function prepareJsqr(frame: GreyFrame): () => Uint8Array | undefined {
  const rgba = toRgba(frame);
  return () => {
    const code = jsqr.default(rgba, frame.width, frame.height, { inversionAttempts: 'dontInvert' });
    return code === null ? undefined : Uint8Array.from(code.binaryData);
  };
}
