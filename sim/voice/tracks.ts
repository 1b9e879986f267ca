/** The pilot's tracks on a module's memory card, the other way round. */
import { pilotTracks } from '../../device/core/pilot-voice.ts';
import { pilotWords, textOf } from './words.ts';

const promptsByTrack = new Map(Object.entries(pilotTracks).map(([prompt, track]) => [track, prompt]));
const msPerCharacter = 220;
const toneMs = 150;

export interface TrackWords {
  readonly prompt: string;
  /** As it is heard, e.g. `滴，刷码成功`. */
  readonly text: string;
}

/** The track's number stands for one that the pilot does not have. */
export function wordsOfTrack(track: number): TrackWords {
  const prompt = promptsByTrack.get(track) ?? `track ${track}`;
  const words = pilotWords[prompt];
  return { prompt, text: words === undefined ? prompt : textOf(words) };
}

/** About as long as the recording lasts. */
export function trackLengthMs(track: number): number {
  const words = pilotWords[promptsByTrack.get(track) ?? ''];
  return toneMs + (words?.zh.length ?? 0) * msPerCharacter;
}
