/**
 * Makes the pilot's recordings: a tone, and words by espeak-ng's Mandarin voice (`cmn`). They are a machine's, nobody's own voice, and
 * made anew wherever they are needed.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pilotTracks } from '../../device/core/pilot-voice.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import { readWav } from '../../drivers/speaker/wav.ts';
import { isProgram } from '../../drivers/wire/program.ts';
import { pilotWords, type Words } from './words.ts';

const run = promisify(execFile);
const maxOutputBytes = 8 << 20;

/** espeak-ng's own. */
const rateHz = 22_050;
const toneHz = 1000;
const toneMs = 150;
const pauseMs = 80;
/** Full scale is 32,767: as loud as espeak-ng's voice. */
const amplitude = 14_000;
/** A tone that begins or ends at once clicks. */
const rampMs = 5;

/** Which of the programs are missing that making the recordings takes. */
export function missingForVoice(asMp3: boolean): readonly string[] {
  return ['espeak-ng', ...(asMp3 ? ['ffmpeg'] : [])].filter(program => !isProgram(program));
}

/**
 * @param asMp3 for a module's memory card, `0001-di.mp3`; else `di.wav`
 * @returns the files' names. @throws WrongUsage where a program is missing or `directory` cannot be written
 */
export async function makeVoice(directory: string, asMp3 = false): Promise<readonly string[]> {
  const missing = missingForVoice(asMp3);
  if (missing.length > 0) throw new WrongUsage(`install the packages: ${missing.join(' ')}`);
  mkdirSync(directory, { recursive: true });
  const names: string[] = [];
  for (const [id, words] of Object.entries(pilotWords)) {
    const wav = await makeRecording(words);
    const name = asMp3 ? `${String(pilotTracks[id]).padStart(4, '0')}-${id}.mp3` : `${id}.wav`;
    const file = join(directory, name);
    if (asMp3) await encode(wav, file);
    else writeFileSync(file, wav);
    names.push(name);
  }
  return names;
}

/** @returns a WAV file. espeak-ng must be there */
export async function makeRecording(words: Words): Promise<Buffer> {
  return wavOf(await samplesOf(words));
}

async function samplesOf({ tone, zh }: Words): Promise<Buffer> {
  const parts = [tone ? toneSamples() : Buffer.alloc(0)];
  if (zh !== '') parts.push(silence(tone ? pauseMs : 0), await spoken(zh));
  return Buffer.concat(parts);
}

async function spoken(text: string): Promise<Buffer> {
  const words = ['-v', 'cmn', '-s', '170', '--stdout', text];
  const { stdout } = await run('espeak-ng', words, { encoding: 'buffer', maxBuffer: maxOutputBytes });
  const sound = readWav(stdout);
  if (sound.rateHz !== rateHz || sound.channels !== 1)
    throw new WrongUsage('espeak-ng speaks in another format');
  return sound.samples;
}

function toneSamples(): Buffer {
  const count = Math.round((rateHz * toneMs) / 1000);
  const ramp = (rateHz * rampMs) / 1000;
  const samples = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) {
    const envelope = Math.min(1, i / ramp, (count - i) / ramp);
    samples.writeInt16LE(
      Math.round(Math.sin((2 * Math.PI * toneHz * i) / rateHz) * amplitude * envelope),
      i * 2,
    );
  }
  return samples;
}

function silence(ms: number): Buffer {
  return Buffer.alloc(Math.round((rateHz * ms) / 1000) * 2);
}

function wavOf(samples: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

function encode(wav: Buffer, file: string): Promise<void> {
  const words = ['-loglevel', 'error', '-y', '-f', 'wav', '-i', 'pipe:0', '-b:a', '64k', file];
  return new Promise((resolve, reject) => {
    const child = execFile('ffmpeg', words, error => (error === null ? resolve() : reject(error)));
    child.stdin?.on('error', () => {}); // ffmpeg's own error says more
    child.stdin?.end(wav);
  });
}
