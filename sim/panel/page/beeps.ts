/** Plays the validators' beeps. Browsers allow sound only after the first gesture; until then there is none. */
import type { PanelState } from '../protocol.ts';
import { posts } from './presenting.ts';
import { playNewPrompts } from './prompts.ts';
import { partsOf } from './screen-parts.ts';

type Validators = PanelState['validators'];

/** The rear door sounds lower, to tell the two apart. */
const pitchHz = { front: 1976, rear: 1480 } as const;
const shortS = 0.11;
const longS = 0.7;
const gapS = 0.09;
const mostAtOnce = 3;
const volume = 0.12;

let audio: AudioContext | undefined;

/** Call it from a gesture. */
export function allowSound(): void {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') void audio.resume();
}

/** Plays the beeps between two states; both screens of a validator beep as one. */
export function playBeeps(before: Validators, now: Validators): void {
  for (const post of posts) {
    const { passenger } = now[post];
    const count = passenger.beeps - before[post].passenger.beeps;
    if (count <= 0) continue;
    const isLong = partsOf(passenger.lines).tone.includes('─');
    for (let i = 0; i < Math.min(count, mostAtOnce); i++) {
      beep(pitchHz[post], i * (shortS + gapS), isLong ? longS : shortS);
    }
  }
}

/** Plays what was said between two states. */
export function playPrompts(before: Validators, now: Validators): void {
  if (audio?.state === 'running') playNewPrompts(audio, before, now);
}

function beep(frequencyHz: number, inS: number, lengthS: number): void {
  if (audio?.state !== 'running') return;
  const start = audio.currentTime + inS;
  const tone = new OscillatorNode(audio, { type: 'triangle', frequency: frequencyHz });
  const level = new GainNode(audio, { gain: 0 });
  level.gain.setTargetAtTime(volume, start, 0.004);
  level.gain.setTargetAtTime(0, start + lengthS - 0.02, 0.006);
  tone.connect(level).connect(audio.destination);
  tone.addEventListener('ended', () => {
    tone.disconnect();
    level.disconnect();
  });
  tone.start(start);
  tone.stop(start + lengthS + 0.05);
}
