/** Plays what the validators say, as their speakers would: the next prompt of a speaker cuts off the one before. */
import type { PanelState, SaidState } from '../protocol.ts';
import { posts } from './presenting.ts';

type Validators = PanelState['validators'];

/** Beside the beeps. */
const loudest = 0.8;
const recordings = new Map<string, Promise<AudioBuffer | undefined>>();
const sounding = new Map<string, AudioBufferSourceNode>();

/** Plays what was begun between two states. */
export function playNewPrompts(audio: AudioContext, before: Validators, now: Validators): void {
  for (const post of posts) {
    for (const audience of ['passenger', 'crew'] as const) {
      const said = now[post].said[audience];
      if (said.count > before[post].said[audience].count) void play(audio, `${post} ${audience}`, said);
    }
  }
}

async function play(
  audio: AudioContext,
  speaker: string,
  { prompt, volumePercent }: SaidState,
): Promise<void> {
  sounding.get(speaker)?.stop();
  sounding.delete(speaker);
  const recording = recordings.get(prompt) ?? load(audio, prompt);
  recordings.set(prompt, recording);
  const buffer = await recording;
  if (buffer === undefined || audio.state !== 'running') return;
  const source = new AudioBufferSourceNode(audio, { buffer });
  const level = new GainNode(audio, { gain: (volumePercent / 100) * loudest });
  source.connect(level).connect(audio.destination);
  source.addEventListener('ended', () => {
    source.disconnect();
    level.disconnect();
  });
  sounding.get(speaker)?.stop();
  sounding.set(speaker, source);
  source.start();
}

/** Without espeak-ng on the simulator's machine there are no recordings: the words are written all the same. */
async function load(audio: AudioContext, prompt: string): Promise<AudioBuffer | undefined> {
  try {
    const answer = await fetch(`/api/prompts/${encodeURIComponent(prompt)}.wav`);
    if (answer.ok) return await audio.decodeAudioData(await answer.arrayBuffer());
    if (answer.status === 404) return undefined;
  } catch {
    // Asked for again, as any other answer is.
  }
  recordings.delete(prompt);
  return undefined;
}
