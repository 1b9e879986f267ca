/**
 * A recording as a WAV file: RIFF with 16-bit PCM, one or two channels, 8,000 to 48,000 samples a second.
 *
 * What is written in the file is checked against its length, and chunks that are neither format nor samples are passed over.
 */
import type { Prompt } from '../../device/core/prompt.ts';

export interface SoundFormat {
  readonly rateHz: number;
  readonly channels: number;
}

export interface Sound extends SoundFormat {
  /** 16-bit little-endian, channels interleaved. */
  readonly samples: Buffer;
}

export const bytesPerSample = 2;
/** Ten seconds of the largest format: a prompt is shorter, or the next passenger cuts it off. */
export const maxWavBytes = 2 << 20;

const pcm = 1;
/** PCM with more said of it than its format has room for, as some editors write it. */
const extensible = 0xfffe;
const headerBytes = 12;
const chunkHeaderBytes = 8;
const formatBytes = 16;

/** @throws Error that says what is wrong with it */
export function readWav(file: Buffer): Sound {
  const isRiff = file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE';
  if (!isRiff) throw new Error('no WAV file');
  let format: SoundFormat | undefined;
  for (let at = headerBytes; at + chunkHeaderBytes <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const from = at + chunkHeaderBytes;
    const bytes = file.readUInt32LE(at + 4);
    const content = file.subarray(from, from + bytes);
    if (name === 'fmt ') format = readFormat(content);
    if (name === 'data') return withSamples(format, content);
    at = from + bytes + (bytes % 2);
  }
  throw new Error('no samples in it');
}

function readFormat(content: Buffer): SoundFormat {
  if (content.length < formatBytes) throw new Error('its format is cut short');
  const coding = content.readUInt16LE(0);
  const channels = content.readUInt16LE(2);
  const rateHz = content.readUInt32LE(4);
  const bits = content.readUInt16LE(14);
  if ((coding !== pcm && coding !== extensible) || bits !== 16) throw new Error('not 16-bit PCM');
  if (channels < 1 || channels > 2) throw new Error(`${channels} channels, not 1 or 2`);
  if (rateHz < 8000 || rateHz > 48_000) throw new Error(`${rateHz} Hz, not 8000 to 48000`);
  return { rateHz, channels };
}

function withSamples(format: SoundFormat | undefined, content: Buffer): Sound {
  if (format === undefined) throw new Error('samples before their format');
  const frameBytes = format.channels * bytesPerSample;
  const samples = content.subarray(0, content.length - (content.length % frameBytes));
  if (samples.length === 0) throw new Error('no samples in it');
  return { ...format, samples };
}

export function durationMs({ samples, channels, rateHz }: Sound): number {
  return (samples.length / (channels * bytesPerSample) / rateHz) * 1000;
}

/** The samples so often and so loud, with a pause between. */
export function rendered(
  { samples, rateHz, channels }: Sound,
  { times, volumePercent }: Pick<Prompt, 'times' | 'volumePercent'>,
): Buffer {
  const pause = Buffer.alloc(Math.round(rateHz * pauseS) * channels * bytesPerSample);
  const once = volumePercent === 100 ? samples : scaled(samples, volumePercent / 100);
  const all = Array.from({ length: times }, (_, i) => (i === 0 ? [once] : [pause, once]));
  return Buffer.concat(all.flat());
}

const pauseS = 0.3;

/** A typed array is ten times as fast as the buffer's own methods. Every machine that Linux and Node run on is little-endian. */
function scaled(samples: Buffer, factor: number): Buffer {
  const aligned = new Int16Array(new Uint8Array(samples).buffer);
  for (let i = 0; i < aligned.length; i++) aligned[i] = Math.round((aligned[i] ?? 0) * factor);
  return Buffer.from(aligned.buffer);
}
