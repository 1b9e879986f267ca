/** What settlement makes of taps: rides, each with what it costs, what was paid for it, and the rows that say so. */
import type { FareReason } from '../../../device/core/fare/ride.ts';
import type { MediumKind } from '../../../device/core/medium.ts';

/** A row of a journal as settlement needs it. Amounts in fen, times in Unix milliseconds. */
export interface Tap {
  /** Device and seq in one, see `trips-file.ts`. */
  readonly id: number;
  /** Of the end of a purchase: the tap that began it. */
  readonly ofRow: number | null;
  readonly at: number;
  readonly line: string;
  readonly kind: MediumKind;
  /** 16 hex digits */
  readonly token: string;
  readonly fareFen: number;
  readonly cardKind: string | null;
  readonly bus: string | null;
  readonly stop: string | null;
  /** `refused`: a ride code that its validator did not let ride. */
  readonly step: 'on' | 'off' | 'single' | 'refused' | null;
  readonly onStop: string | null;
  readonly onAt: number | null;
  readonly mostFen: number | null;
  readonly owedFen: number | null;
  readonly shortFen: number | null;
  readonly purchase: 'begun' | 'paid' | 'not-paid' | 'unknown' | null;
  readonly balanceFen: number | null;
  readonly cardSequence: number | null;
}

export type RideState =
  /** On and off, or a line where every ride is one tap. */
  | 'complete'
  /** Nobody has tapped off, and all validators of the bus have reported. */
  | 'unfinished'
  /** Nobody has tapped off as far as is known: charged once all validators of the bus have reported. */
  | 'waiting'
  /** It could have ended under the next epoch's token: charged as the shortest ride, however it ended. */
  | 'across-epochs'
  /** Nobody has tapped off as far as is known, and a validator that is gone has not reported it all: charged as the shortest ride. */
  | 'unreported'
  /** The passenger has said where they got off. */
  | 'made-up'
  /** No ride, but what a card has paid for an earlier one that is not known here: another operator's, or under another token. */
  | 'earlier-ride';

/** Built up tap by tap, then left as it is. */
export interface RideEntry {
  line: string;
  medium: MediumKind;
  token: string;
  bus: string | null;
  /** The ride's day is this one's. */
  beganAt: number;
  onStop: string | null;
  offAt: number | null;
  offStop: string | null;
  state: RideState;
  /** Null where a card or a validator has priced it. */
  reason: FareReason | null;
  /** What it costs; of a card, what its validator found. */
  fareFen: number;
  /** What has been taken for it: by a purse that has paid, or from a code's account. */
  paidFen: number;
  /** Journaled as due by a validator that cannot debit. */
  dueFen: number;
  /** What a purse did not hold. */
  shortFen: number;
  /** What is to be given back to a card whose ride was made up, or which could not be written when it got off. */
  refundFen: number;
  /** A torn purchase of which no later row tells whether it was paid. */
  unresolvedFen: number;
  rows: number[];
  /** Joins the two halves of a card's ride that have different tokens: equal where the card's counter, purse and bus say so. */
  seam: string | undefined;
}

/** A ride of one tap that nothing was paid for. A day has millions: it is made in one piece. */
export function rideOf(tap: Tap): RideEntry {
  return {
    line: tap.line,
    medium: tap.kind,
    token: tap.token,
    bus: tap.bus,
    beganAt: tap.at,
    onStop: tap.stop,
    offAt: null,
    offStop: null,
    state: 'complete',
    reason: null,
    fareFen: 0,
    paidFen: 0,
    dueFen: 0,
    shortFen: 0,
    refundFen: 0,
    unresolvedFen: 0,
    rows: [tap.id],
    seam: undefined,
  };
}
