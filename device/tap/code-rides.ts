/** The rides of ride codes on this bus, as far as this validator knows: a code, unlike a card, does not say itself whether its ride is open. */
import { toHex } from '../core/bytes.ts';
import type { TakenStep } from '../core/check.ts';
import type { RideTap } from '../core/fare/ride.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../kit/time.ts';

/** The newest tap of one account. */
export interface CodeTap extends RideTap {
  /** What the account is known by: its tokens' digests, under each key. */
  readonly tokens: readonly string[];
  readonly step: TakenStep['step'];
}

export interface CodeRides {
  /** @param tokens of one account, under each key */
  openOf(tokens: readonly string[]): RideTap | undefined;
  note(tap: CodeTap): void;
  /** What another door has seen: it counts where nothing newer is known here. */
  hear(tap: CodeTap): void;
  /** The newest tap of each account whose ride is not over yet, the oldest first. */
  newest(): readonly CodeTap[];
  /** For the journal's `onOpen`: they are known again after a restart. */
  restore(journal: Pick<Journal, 'codeRidesSince'>): void;
}

/** @param rideMaxS as the policy has it now: no ride is longer */
export function createCodeRides(rideMaxS: () => number, clock: Clock): CodeRides {
  const last = new Map<string, CodeTap>();

  function isOver({ at }: RideTap): boolean {
    return Math.abs(clock() - at) > rideMaxS() * 1000;
  }

  function lastOf(tokens: readonly string[]): CodeTap | undefined {
    return tokens.map(token => last.get(token)).find(tap => tap !== undefined && !isOver(tap));
  }

  function note(tap: CodeTap): void {
    for (const token of tap.tokens) last.delete(token);
    const [token] = tap.tokens;
    // What is paid at boarding leaves no ride to remember.
    if (token !== undefined && tap.step !== 'single') last.set(token, tap);
    // In the order of time: what is over stands at the beginning.
    for (const [other, begun] of last) {
      if (!isOver(begun)) break;
      last.delete(other);
    }
  }

  return {
    openOf(tokens) {
      const tap = lastOf(tokens);
      return tap?.step === 'on' ? { stop: tap.stop, at: tap.at } : undefined;
    },
    note,
    hear(tap) {
      if (!isOver(tap) && !((lastOf(tap.tokens)?.at ?? 0) >= tap.at)) note(tap);
    },
    newest: () => [...last.values()].filter(tap => !isOver(tap)),
    restore(journal) {
      for (const { medium, at, stop } of journal.codeRidesSince(clock() - rideMaxS() * 1000))
        note({ tokens: [toHex(medium)], step: 'on', at, stop });
    },
  };
}
