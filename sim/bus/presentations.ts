/** Presents cards, phones and pictures to the validators, and waits for what log and screens say of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Audience } from '../../device/core/screen.ts';
import type { BusLog } from './bus-log.ts';
import type { LogLine } from './firmware-process.ts';
import type { ScreenShot, Screens } from './screens.ts';
import type { PostName } from './validator-post.ts';

/** What the firmware said of one presentation, and what its screens then showed. */
export interface TapResult {
  readonly validator: PostName;
  readonly passenger: string;
  /** The log's line: verdict, reason, seq, fareTaken, fareFen; `card-lost` for a card that left too soon. */
  readonly outcome: LogLine | undefined;
  readonly passengerScreen: ScreenShot;
  readonly crewScreen: ScreenShot;
}

export interface Presentations {
  /**
   * One after the other at each validator.
   * @param called the passenger, or what takes the passenger's place in the result
   * @param act holds something to the validator
   */
  present(post: PostName, called: string, act: () => unknown): Promise<TapResult>;
  /** @param act confirms by these means, as the crew does */
  confirm(post: PostName, by: CrewMeans, act: () => unknown): Promise<TapResult>;
  /** Whether something is being presented there now. */
  isPresenting(post: PostName): boolean;
}

/** What the crew confirms with, besides a crew card. */
export const crewMeans = ['key', 'touch', 'console'] as const;
export type CrewMeans = (typeof crewMeans)[number];

/** For an outcome, and after it for the screens: waited out only where there is none, or a display is gone. */
const usualLimitMs = 3000;
const patientLimitMs = 20_000;

export function createPresentations(
  log: BusLog,
  { screen, nextNotice }: Pick<Screens, 'screen' | 'nextNotice'>,
  isPatient: boolean,
): Presentations {
  const limitMs = isPatient ? patientLimitMs : usualLimitMs;
  const turns: Record<PostName, Promise<unknown>> = { front: Promise.resolve(), rear: Promise.resolve() };
  const presentingAt = new Set<PostName>();

  async function presentNow(
    post: PostName,
    called: string,
    act: () => unknown,
    isOutcome: (line: LogLine) => boolean,
  ): Promise<TapResult> {
    const heard = log.next(post, isOutcome, limitMs);
    const drawn = { passenger: nextNotice(post, 'passenger'), crew: nextNotice(post, 'crew') };
    presentingAt.add(post);
    try {
      await act();
      const outcome = await heard;
      const limit = outcome === undefined ? Promise.resolve() : sleep(limitMs, undefined, { ref: false });
      const shot = (audience: Audience) =>
        isAbout(outcome, audience)
          ? Promise.race([drawn[audience], limit.then(() => screen(post, audience))])
          : screen(post, audience);
      const [passengerScreen, crewScreen] = await Promise.all([shot('passenger'), shot('crew')]);
      return { validator: post, passenger: called, outcome, passengerScreen, crewScreen };
    } finally {
      presentingAt.delete(post);
    }
  }

  function inTurn(post: PostName, next: () => Promise<TapResult>): Promise<TapResult> {
    const result = turns[post].then(next);
    turns[post] = result.catch(() => undefined);
    return result;
  }

  return {
    present: (post, called, act) => inTurn(post, () => presentNow(post, called, act, isTap)),
    confirm: (post, by, act) => inTurn(post, () => presentNow(post, 'crew', act, isConfirmedBy(by))),
    isPresenting: post => presentingAt.has(post),
  };
}

function isTap(line: LogLine): boolean {
  return line.event === 'tap' || line.event === 'card-lost' || isConfirmedBy('card')(line);
}

function isConfirmedBy(means: CrewMeans | 'card') {
  return ({ event, by }: LogLine): boolean => event === 'confirm' && by === means;
}

/** The passengers' screen does not change where the crew had nobody to confirm. */
function isAbout(outcome: LogLine | undefined, audience: Audience): boolean {
  return audience === 'crew' || outcome?.event !== 'confirm' || outcome.outcome === 'confirmed';
}
