/** The recordings of a folder: each prompt's WAV file, all of one format. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../device/kit/errors.ts';
import { maxWavBytes, readWav, type Sound, type SoundFormat } from './wav.ts';

export interface Recordings {
  readonly sounds: ReadonlyMap<string, Sound>;
  /** All recordings have this format. */
  readonly format: SoundFormat;
  /** Which prompts cannot be played, each with the reason. */
  readonly lacking: readonly string[];
}

export const noRecordings: Recordings = {
  sounds: new Map(),
  format: { rateHz: 22_050, channels: 1 },
  lacking: [],
};

/** The first one's format is everybody's: the sound card is set to it before a prompt is known. */
export async function readRecordings(folder: string, prompts: readonly string[]): Promise<Recordings> {
  const sounds = new Map<string, Sound>();
  const lacking: string[] = [];
  let format: SoundFormat | undefined;
  for (const prompt of prompts) {
    try {
      const sound = await readSound(join(folder, `${prompt}.wav`));
      format ??= sound;
      if (!isSame(format, sound)) throw new Error(`${nameOf(sound)}, where others have ${nameOf(format)}`);
      sounds.set(prompt, sound);
    } catch (error) {
      lacking.push(`${prompt} (${reasonOf(error)})`);
    }
  }
  const { rateHz, channels } = format ?? noRecordings.format;
  return { sounds, format: { rateHz, channels }, lacking };
}

export function isSame(one: SoundFormat, other: SoundFormat): boolean {
  return one.rateHz === other.rateHz && one.channels === other.channels;
}

async function readSound(path: string): Promise<Sound> {
  const about = await stat(path);
  if (!about.isFile()) throw new Error('no file');
  if (about.size > maxWavBytes) throw new Error(`more than ${maxWavBytes >> 20} MiB`);
  return readWav(await readFile(path));
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
    ? 'no such file'
    : messageOf(error);
}

function nameOf({ rateHz, channels }: SoundFormat): string {
  return `${rateHz} Hz ${channels === 1 ? 'mono' : 'stereo'}`;
}
