/** The settings of each kind of speaker. */
import { z } from 'zod';
import { pilotTracks } from '../core/pilot-voice.ts';
import { section } from '../kit/yaml-file.ts';
import { audience, baudRate, name, path, promptId, wire } from './values.ts';

/** A sound card, by aplay. */
const alsaSpeaker = section({
  name,
  driver: z.literal('alsa'),
  audience,
  /** As `aplay -L` lists it. */
  device: z
    .string()
    .regex(/^[A-Za-z0-9_][^\p{Cc}]{0,199}$/u, 'must be the name of a sound device, as aplay -L lists them')
    .default('default'),
  /** The folder of the WAV files, one for each prompt. */
  prompts: path,
  /** A prompt that begins or ends so much later than it should is a fault. */
  timeoutMs: z.int().min(100).max(60_000).default(1500),
});

/** A serial MP3 module. */
const mp3Module = section({
  name,
  driver: z.literal('mp3-module'),
  audience,
  path: wire,
  baudRate: baudRate.unwrap().default(9600),
  /** Which file of the memory card is which prompt. */
  tracks: z.record(promptId, z.int().min(1).max(9999)).default(pilotTracks),
  /** A module that has not answered by then is a fault. */
  answerTimeoutMs: z.int().min(100).max(60_000).default(800),
});

export const speaker = z.discriminatedUnion('driver', [alsaSpeaker, mp3Module]);
