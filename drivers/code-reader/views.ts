/**
 * The codes in a camera's view, look after look.
 *
 * A code is out of view when looks have missed it for `goneAfterMs` that could have seen it. None could that finds its place
 * as restless as before, nor a fast one of a code that only thorough ones read. So a code stays in view however seldom a
 * frame is good, and however few there are.
 */
import { isRideCode } from '../../device/core/ride-code.ts';
import { type Effort, keyOf } from './engine.ts';
import type { HeldCode, Look, SightedCode } from './look.ts';
import { covers, type Place } from './place.ts';

export interface View extends HeldCode {
  readonly isRide: boolean;
  /** It buys no ride, and is in view for longer than anybody holds up what is refused at once: a sticker, an advertisement. */
  readonly stands: boolean;
  readonly sinceMs: number;
  /** Since when looks have missed it that could have seen it; undefined while it is in view. */
  readonly missedSinceMs: number | undefined;
  /** It has been presented, or need not be. */
  dealtWith: boolean;
}

export interface Views {
  see(look: Look, nowMs: number): void;
  /** How a code stands in the look that was seen last. */
  of(code: SightedCode): View;
  has(key: string): boolean;
  list(): readonly View[];
}

interface Tracked extends View {
  place: Place;
  stands: boolean;
  /** The least effort that has read it. */
  effort: Effort;
  missedSinceMs: number | undefined;
}

const standsAfterMs = 10_000;
/** After it was last in view: until then, what stood there is nobody's when it is seen again. */
const knownForMs = 600_000;
/** More than are ever in view; whoever shows a film of codes fills no memory. */
const maxKept = 32;

export function createViews(goneAfterMs: number): Views {
  const views = new Map<string, Tracked>();
  /** When what stood in view was last seen. */
  const stoodMs = new Map<string, number>();

  function sight({ bytes, place }: SightedCode, effort: Effort, nowMs: number): void {
    const key = keyOf(bytes);
    const view = views.get(key) ?? begin(key, isRideCode(bytes), place, effort, nowMs);
    view.place = place;
    view.missedSinceMs = undefined;
    if (effort === 'fast') view.effort = 'fast';
    if (view.isRide) return;
    if (nowMs - view.sinceMs >= standsAfterMs) view.stands = true;
    if (!view.stands) return;
    view.dealtWith = true;
    keep(stoodMs, key, nowMs);
  }

  function begin(key: string, isRide: boolean, place: Place, effort: Effort, nowMs: number): Tracked {
    const stands = nowMs - (stoodMs.get(key) ?? Number.NEGATIVE_INFINITY) < knownForMs;
    const view = { key, isRide, place, effort, sinceMs: nowMs, missedSinceMs: undefined };
    return keep(views, key, { ...view, stands, dealtWith: false });
  }

  function miss(view: Tracked, { effort, codes, unread }: Look, nowMs: number): void {
    if (codes.some(({ place }) => covers(place, view.place))) {
      // A phone before a sticker does not take the sticker away.
      if (view.stands) return;
    } else if (unread.includes(view.key)) {
      view.missedSinceMs = undefined;
      return;
    } else if (effort === 'fast' && view.effort === 'thorough') return;
    view.missedSinceMs ??= nowMs;
    if (nowMs - view.missedSinceMs >= goneAfterMs) views.delete(view.key);
  }

  return {
    see(look, nowMs) {
      const seen = new Set(look.codes.map(({ bytes }) => keyOf(bytes)));
      for (const view of views.values()) if (!seen.has(view.key)) miss(view, look, nowMs);
      for (const code of look.codes) sight(code, look.effort, nowMs);
    },
    of({ bytes }) {
      const view = views.get(keyOf(bytes));
      if (view === undefined) throw new RangeError('this code is not in view');
      return view;
    },
    has: key => views.has(key),
    list: () => [...views.values()],
  };
}

function keep<V>(kept: Map<string, V>, key: string, value: V): V {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
  return value;
}
