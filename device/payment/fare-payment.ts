/** What a card pays at a tap, and what is written on it. */
import type { Decision } from '../core/check.ts';
import type { Terminal } from '../core/purchase/commands.ts';
import type { Purchase, RideWriting } from '../core/purchase/pay.ts';
import type { CardData } from '../core/transit-card/reading.ts';
import type { RideState } from '../core/transit-card/ride-record.ts';
import {
  alighted,
  boarded,
  rideRecord,
  settledAtBoarding,
  type TapPlace,
} from '../core/transit-card/ride-update.ts';
import type { JournalEntry } from '../journal/journal-row.ts';

/** A card as it was read at this tap. */
export interface PayingCard {
  readonly data: CardData;
  /** Undefined where the card keeps no ride. */
  readonly state: RideState | undefined;
}

/** @returns whether the card must take part: it pays, or writes where the passenger got on or off */
export function isPurchase({ fareTaken, fareFen, ride }: Decision): boolean {
  return fareTaken && ride !== undefined && (ride.step !== 'single' || fareFen > 0);
}

/** @param amountFen what is taken of what is due */
export function purchaseFor(
  { data, state }: PayingCard,
  { at, decision: { ride } }: Pick<JournalEntry, 'at' | 'decision'>,
  amountFen: number,
  place: Omit<TapPlace, 'terminal'>,
  terminal: Terminal,
): Purchase {
  const here = { ...place, terminal: terminal.number };
  const writing = state && ride && writingOf(state.record, ride, amountFen, here);
  return { amountFen, at, terminal, card: data.purse, ride: writing };
}

/** A ride that is paid at boarding writes nothing, unless it ends one that was left open: a plain purchase is quicker. */
function writingOf(
  before: Uint8Array,
  ride: NonNullable<Decision['ride']>,
  amountFen: number,
  place: TapPlace,
): RideWriting | undefined {
  const record = (balanceFen: number) => rideRecord(ride.step, place, amountFen, balanceFen);
  switch (ride.step) {
    case 'on':
      return { state: boarded(before, place, ride.mostFen), record };
    case 'off':
      return { state: alighted(before, place, amountFen, ride.fare.distanceM), record };
    case 'single':
      return ride.owedFen === 0
        ? undefined
        : { state: settledAtBoarding(before, place, ride.fareFen), record };
  }
}
