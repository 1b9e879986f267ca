/**
 * Decoding pictures that are hard to read: how many of each kind the first look and the thorough one read together, and
 * what a thorough look takes that finds nothing.
 */
import { openEngine } from '../../../drivers/code-reader/open-engine.ts';
import { hardKinds, hardPicture } from '../../drivers/code-reader/hard-pictures.ts';
import type { Figure } from '../report.ts';
import { median, sum } from '../statistics.ts';

const picturesOfAKind = 10;

export async function measureHardDecoding(): Promise<Figure[]> {
  const { engine } = await openEngine('zxing');
  const read: Record<string, number> = {};
  const nothingMs: number[] = [];
  let wrong = 0;
  for (const kind of hardKinds) {
    read[kind] = 0;
    for (let seed = 0; seed < picturesOfAKind; seed++) {
      const { payload, frame } = hardPicture(kind, seed);
      const isPayload = (bytes: Uint8Array) => Buffer.from(bytes).equals(payload);
      const atOnce = engine.decode(frame, 'fast');
      const started = performance.now();
      const thoroughly = engine.decode(frame, 'thorough');
      if (thoroughly.length === 0) nothingMs.push(performance.now() - started);
      const found = [...atOnce, ...thoroughly];
      if (found.some(isPayload)) read[kind]++;
      wrong += found.filter(bytes => !isPayload(bytes)).length;
    }
  }
  const rate = sum(Object.values(read)) / (picturesOfAKind * hardKinds.length);
  return [
    { name: 'code.hardRate', value: rate, required: { atLeast: 0.65 } },
    { name: 'code.hardRead', value: read },
    { name: 'code.hardWrong', value: wrong, required: { atMost: 0 } },
    { name: 'code.nothingMs', value: median(nothingMs) },
  ];
}
