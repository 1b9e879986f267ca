/**
 * Tells presentations from mere sightings, look after look: a ride code is presented when it comes into view, and again only
 * after it was out of view for `goneAfterMs`. What is in view is told in views.ts.
 *
 * When several ride codes are in view together, nobody can say whose turn it is: none is presented until all but one are
 * gone. A code that buys no ride here takes nobody's turn: it is presented, to be refused, only where no ride code is. One
 * that stands in view is no passenger's.
 *
 * A frame without a ride code is cheap. Every fourth such frame in a row is searched thoroughly, and each where they come
 * seldom: that takes some ten times as long and reads about half of the codes that were too small or blurred.
 */
import { isRideCode } from '../../device/core/ride-code.ts';
import type { CodeRead, SightedCodeKind } from '../../device/ports.ts';
import { type Effort, keyOf } from './engine.ts';
import type { HeldCode, Look, SightedCode } from './look.ts';
import { createViews } from './views.ts';

export interface Presence {
  /** How to look at the next frame. */
  nextEffort(nowMs: number): Effort;
  /**
   * @param nowMs milliseconds of a clock that never goes back
   * @returns what has just been presented
   */
  see(look: Look, nowMs: number): CodeRead | undefined;
  /** What is in view, as far as is known. */
  held(): readonly HeldCode[];
  /** What is in view, without what it says. */
  inView(nowMs: number): readonly SightedCodeKind[];
  /** Whether a code that buys no ride here stands in view. */
  isHindered(): boolean;
}

const thoroughEveryMisses = 4;
const thoroughEveryMs = 200;

export function createPresence(goneAfterMs: number): Presence {
  const views = createViews(goneAfterMs);
  /** Keys of ride codes that were in view together. */
  let crowd: readonly string[] = [];
  /** Looks without a ride code, in a row. */
  let misses = 0;
  let thoroughAtMs = Number.NEGATIVE_INFINITY;

  function takeRide(code: SightedCode): CodeRead | undefined {
    const view = views.of(code);
    if (crowd.length > 0 || view.dealtWith) return undefined;
    view.dealtWith = true;
    return { bytes: code.bytes };
  }

  function takeForeign(codes: readonly SightedCode[]): CodeRead | undefined {
    if (views.list().some(({ isRide, missedSinceMs }) => isRide && missedSinceMs === undefined))
      return undefined;
    const next = codes.find(code => !views.of(code).dealtWith);
    dealWith(codes);
    return next && { bytes: next.bytes };
  }

  function dealWith(codes: readonly SightedCode[]): void {
    for (const code of codes) views.of(code).dealtWith = true;
  }

  return {
    nextEffort(nowMs) {
      if (misses === 0) return 'fast';
      const isDue = nowMs - thoroughAtMs >= thoroughEveryMs;
      return isDue || misses % thoroughEveryMisses === thoroughEveryMisses - 1 ? 'thorough' : 'fast';
    },
    see(look, nowMs) {
      if (look.effort === 'thorough') thoroughAtMs = nowMs;
      views.see(look, nowMs);
      const wasCrowd = crowd.filter(views.has).length > 1;
      if (!wasCrowd) crowd = [];
      const rides = look.codes.filter(({ bytes }) => isRideCode(bytes));
      misses = rides.length > 0 ? 0 : misses + 1;
      const [ride] = rides;
      if (ride === undefined) return takeForeign(look.codes);
      // What is seen beside a ride code and stays is not whose turn is next.
      dealWith(look.codes.filter(code => !rides.includes(code)));
      if (rides.length === 1) return takeRide(ride);
      crowd = [...new Set([...crowd, ...rides.map(({ bytes }) => keyOf(bytes))])];
      return wasCrowd ? undefined : { refused: 'several-codes' };
    },
    held: views.list,
    inView: nowMs =>
      views
        .list()
        .map(({ isRide, stands, sinceMs }) => ({ isRideCode: isRide, stands, inViewMs: nowMs - sinceMs })),
    isHindered: () => views.list().some(({ stands }) => stands),
  };
}
