/** What each speaker said last, for as long as it belongs to what the screen beside it shows. */

import { type Audience, audiences } from '../../device/core/screen.ts';
import type { Bus } from './bus.ts';
import { type PostName, postNames } from './validator-post.ts';
import type { Spoken } from './voices.ts';

export interface SaidLast extends Spoken {
  /** Number of prompts since the start. */
  readonly count: number;
}

/** A prompt and its notice come over wires of their own: either may be the first by so much. */
const togetherMs = 1000;
const silence: SaidLast = { count: 0, prompt: '', text: '', volumePercent: 0 };

type Speaking = Pick<Bus, 'onSpoken' | 'onScreen'> & {
  readonly posts: Readonly<
    Record<PostName, { readonly screens: Readonly<Record<Audience, { readonly beeps: number }>> }>
  >;
};

/** @param clock milliseconds. @returns the text is '' when a later notice was shown without a word */
export function createSaidLast(
  bus: Speaking,
  clock: () => number = () => performance.now(),
): (post: PostName, audience: Audience) => SaidLast {
  const speakers = new Map(
    postNames.flatMap(post =>
      audiences.map(audience => [`${post} ${audience}`, { said: silence, at: 0, beeps: 0 }]),
    ),
  );
  const speakerAt = (post: PostName, audience: Audience) => {
    const found = speakers.get(`${post} ${audience}`);
    if (found === undefined) throw new Error(`there is no speaker ${post} ${audience}`);
    return found;
  };

  bus.onSpoken((post, audience, spoken) => {
    const speaker = speakerAt(post, audience);
    speaker.said = { ...spoken, count: speaker.said.count + 1 };
    speaker.at = clock();
  });
  bus.onScreen((post, audience) => {
    const speaker = speakerAt(post, audience);
    // A notice beeps; screens between passengers and redrawn ones do not.
    const { beeps } = bus.posts[post].screens[audience];
    const isNotice = beeps > speaker.beeps;
    speaker.beeps = beeps;
    if (isNotice && clock() - speaker.at > togetherMs) speaker.said = { ...speaker.said, text: '' };
  });

  return (post, audience) => speakerAt(post, audience).said;
}
