/** What both validators say aloud, to whom: as somebody at the door hears it. */
import { type Audience, audiences } from '../../device/core/screen.ts';
import { type TrackWords, wordsOfTrack } from '../voice/tracks.ts';
import type { HeardTrack } from '../wires/mp3-module.ts';
import { type PostName, postNames, type ValidatorPost } from './validator-post.ts';

export interface Spoken extends TrackWords {
  /** 0 to 100. */
  readonly volumePercent: number;
}

export type SpokenListener = (post: PostName, audience: Audience, spoken: Spoken) => void;

const loudest = 30;

/** Calls the listener with each prompt that begins. */
export function listenToVoices(
  posts: Readonly<Record<PostName, Pick<ValidatorPost, 'speakers'>>>,
  listener: SpokenListener,
): void {
  for (const post of postNames) {
    for (const audience of audiences) {
      posts[post].speakers[audience].onTrack(heard => listener(post, audience, spokenOf(heard)));
    }
  }
}

function spokenOf({ track, volume }: HeardTrack): Spoken {
  return { ...wordsOfTrack(track), volumePercent: Math.round((volume / loudest) * 100) };
}
