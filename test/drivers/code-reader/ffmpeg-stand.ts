/** A camera through the real ffmpeg, and the ffmpegs that run for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { createCamera } from '../../../drivers/code-reader/camera.ts';
import { createDecoder } from '../../../drivers/code-reader/decoder.ts';
import type { FfmpegSource } from '../../../drivers/code-reader/ffmpeg.ts';
import { recordEvents } from '../../contract/code-reader.ts';
import type { TestContext } from '../../harness.ts';

export const slowMs = 120_000;

/** However late a busy machine's pictures come, they are in time. */
export const patient = { goneAfterMs: 60_000, frameTimeoutMs: 60_000, frozenAfterS: 0 };

export function watch(context: TestContext, source: FfmpegSource, limits = patient) {
  const decoder = createDecoder({
    engine: 'zxing',
    slowMs: 60_000,
    events: { ready: () => {}, fallback: () => {}, fault: () => {} },
  });
  context.after(decoder.close);
  const camera = createCamera({ name: 'reader', source, decoder, ...limits });
  context.after(camera.close);
  const heard = recordEvents();
  const open = () => camera.open(heard.events);
  return { ...heard, camera, open };
}

/** The ffmpeg processes whose words hold this text. */
export function ffmpegsOf(text: string): number[] {
  return readdirSync('/proc').flatMap(pid => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      return words[0]?.endsWith('ffmpeg') && words.some(word => word.includes(text)) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}
