/** What a tap may be to its medium's ride on a line that is tapped on and off: by the card's own record, and by the validator's memory of codes. */
import type { HeardTap } from './heard-tap.ts';
import type { RideFacts } from './oracle-rules.ts';
import type { Presentation } from './presentation.ts';
import { fareStops, fullFareFen } from './published-fares.ts';

export interface RideBook {
  /** @returns all that is possible */
  steps(presented: Presentation, tap: HeardTap): RideFacts[];
  /** What the validator has said of it was right. */
  note(presented: Presentation, tap: HeardTap): void;
  /** Nobody told what became of it. @param hasEnded the card's ride has ended with it */
  unsure(presented: Presentation, hasEnded: boolean, moment: Moment): void;
}

interface Moment {
  readonly from: number;
  readonly to: number;
}

interface Past extends Moment {
  /** Undefined where the bus did not know it; `unsure` where nobody told. */
  readonly stop: string | undefined;
  readonly isSure: boolean;
}

interface CodeRide extends Past {
  readonly isOn: boolean;
  readonly post: string;
}

/** The same tap once more, of one passenger who was not sure. */
const againMs = 5000;
const againAtStopMs = 60_000;
/** Cards have whole seconds; the log's clock and the validator's, which follows the satellites, may differ besides. */
const errorMs = 1500;

/** By then one door has heard what the other has seen. */
const hearsayMs = 1500;

/** @param linkedSince since when the doors hear each other, in Unix milliseconds; infinity while they do not */
export function createRideBook(isDistanceLine: boolean, linkedSince: () => number): RideBook {
  /** By passenger: where and when a card's last ride ended. */
  const ended = new Map<string, Past>();
  /** By passenger: a code's ride that is open; `unsure` where the power went. */
  const codes = new Map<string, CodeRide | 'unsure'>();
  /** By passenger: where and when their card last paid at boarding. */
  const paid = new Map<string, Past & { readonly post: string }>();

  function ofCard(presented: Presentation, tap: HeardTap): RideFacts[] {
    const { passenger, ride } = presented;
    if (ride === undefined) return atBoarding(presented, tap);
    const at = Date.parse(ride?.at ?? '');
    const before = ride
      ? { from: at, to: at, stop: fareStops[ride.stop - 1], isSure: true }
      : ended.get(passenger);
    const next: RideFacts =
      ride === null ? { is: 'on' } : { is: 'off', fullFen: fullFareFen(ride.stop, tap.stop) };
    const steps: RideFacts[] = isAgain(before, tap).map(again => (again ? { is: 'again' } : next));
    // Without the line's ways every ride is paid at boarding.
    const mayLackWays = tap.data.holds === 'none';
    return mayLackWays ? [...steps, { is: 'single', owedFen: ride?.mostFen ?? 0 }] : steps;
  }

  function ofCode({ passenger, post }: Presentation, tap: HeardTap): RideFacts[] {
    const open = codes.get(passenger);
    const off = { is: 'off', fullFen: 0 } as const;
    const known: RideFacts[] =
      open === 'unsure'
        ? [{ is: 'on' }, off, { is: 'again' }]
        : isAgain(open?.isOn ? open : undefined, tap).map(again =>
            again ? { is: 'again' } : open === undefined || !open.isOn ? { is: 'on' } : off,
          );
    const isOwn = open === undefined || open === 'unsure' || open.post === post;
    const hasHeard = isOwn || Math.max(linkedSince(), open.to) + hearsayMs < tap.from;
    const steps: RideFacts[] = hasHeard ? known : [...known, { is: 'on' }, off];
    return tap.data.holds === 'none' ? [...steps, { is: 'single', owedFen: 0 }] : steps;
  }

  /** Its log tells the other door that a card has just paid; after a torn tap any door may find out. */
  function atBoarding({ passenger, presented, post }: Presentation, tap: HeardTap): RideFacts[] {
    const before = presented === 'card' ? paid.get(passenger) : undefined;
    const mayTell = before !== undefined && (!before.isSure || before.post !== post);
    return isAgain(mayTell ? before : undefined, tap).map(isPaid =>
      isPaid ? { is: 'paid' } : { is: 'single', owedFen: 0 },
    );
  }

  return {
    steps(presented, tap) {
      if (!isDistanceLine) return atBoarding(presented, tap);
      return presented.presented === 'card' ? ofCard(presented, tap) : ofCode(presented, tap);
    },
    note(presented, tap) {
      if (!tap.fareTaken) return;
      const { from, to, stop } = tap;
      if (presented.presented === 'code') {
        const { post, passenger } = presented;
        const isOn = tap.step === 'on';
        codes.set(passenger, { from, to, stop: isOn ? stop : undefined, isSure: true, isOn, post });
      } else if (tap.step !== 'on' && tap.paidFen !== undefined) {
        ended.set(presented.passenger, { from, to, stop, isSure: true });
        const { post } = presented;
        if (tap.paidFen > 0) paid.set(presented.passenger, { from, to, stop: undefined, isSure: true, post });
      }
    },
    unsure(presented, hasEnded, { from, to }) {
      if (presented.presented === 'code') codes.set(presented.passenger, 'unsure');
      else {
        const unsure = { from, to, stop: undefined, isSure: false };
        if (hasEnded) ended.set(presented.passenger, unsure);
        paid.set(presented.passenger, { ...unsure, post: presented.post });
      }
    },
  };
}

/** @returns the answers that are possible */
function isAgain(before: Past | undefined, tap: HeardTap): boolean[] {
  if (before === undefined) return [false];
  const isSameStop = before.stop !== undefined && before.stop === tap.stop;
  const longest = tap.to - before.from + errorMs;
  const shortest = tap.from - before.to - errorMs;
  const mostMs = isSameStop || !before.isSure ? againAtStopMs : againMs;
  const leastMs = isSameStop ? againAtStopMs : againMs;
  if (shortest >= mostMs) return [false];
  return longest < leastMs && before.isSure ? [true] : [true, false];
}
