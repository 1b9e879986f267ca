/** What a day comes to, of all lines and of each: rides, money by medium, and everything that does not add up. */
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import type { PurseFinding } from './purse-findings.ts';
import type { RideEntry } from './ride-entry.ts';

type ByMedium = Record<MediumKind, number>;

/** Amounts in fen. */
export interface Sums {
  rides: number;
  ridesBy: ByMedium;
  /** What purses have paid and codes are charged. */
  revenueFen: ByMedium;
  /** Rides without a tap-off that nobody has made up. */
  unfinished: number;
  /** Of those, rides that are charged only when all validators of their bus have reported. */
  waiting: number;
  acrossEpochs: number;
  /** Of those, rides that a validator which is gone may have seen end. */
  unreported: number;
  madeUp: number;
  /** To be given back to cards whose rides were made up, or which could not be written when they got off. */
  refundFen: number;
  /** Journaled as due by validators that cannot debit. */
  dueFen: ByMedium;
  /** What purses did not hold at the tap-off. */
  shortFen: number;
  /** Torn purchases of which nothing tells yet whether they were paid. */
  unresolvedFen: number;
  /** What purses and journals do not agree about. */
  differencesFen: number;
  differences: number;
  /** Loaded elsewhere between two taps. */
  loadsFen: number;
  /** Of rows, not of rides: whom the validators did not let ride, for whatever reason. */
  refused: number;
  /** Of those, for the list of denied media. */
  denied: number;
}

export function noSums(): Sums {
  return {
    ...{ rides: 0, ridesBy: noneByMedium(), revenueFen: noneByMedium(), dueFen: noneByMedium() },
    ...{
      unfinished: 0,
      waiting: 0,
      acrossEpochs: 0,
      unreported: 0,
      madeUp: 0,
      refundFen: 0,
      shortFen: 0,
      unresolvedFen: 0,
    },
    ...{ differencesFen: 0, differences: 0, loadsFen: 0, refused: 0, denied: 0 },
  };
}

function noneByMedium(): ByMedium {
  return Object.fromEntries(mediumKinds.map(kind => [kind, 0])) as ByMedium;
}

export interface Totals {
  readonly all: Sums;
  readonly lines: ReadonlyMap<string, Sums>;
  ride(ride: RideEntry): void;
  finding(finding: PurseFinding): void;
  refusal(line: string, rows: number, isDenied: boolean): void;
}

export function createTotals(): Totals {
  const all = noSums();
  const lines = new Map<string, Sums>();
  function of(line: string): readonly Sums[] {
    const known = lines.get(line) ?? noSums();
    lines.set(line, known);
    return [all, known];
  }
  return {
    all,
    lines,
    ride(ride) {
      for (const sums of of(ride.line)) addRide(sums, ride);
    },
    finding({ what, fen, line }) {
      for (const sums of of(line)) {
        if (what === 'load') sums.loadsFen += fen;
        else sums.differencesFen += fen;
        if (what === 'difference') sums.differences++;
      }
    },
    refusal(line, rows, isDenied) {
      for (const sums of of(line)) {
        sums.refused += rows;
        if (isDenied) sums.denied += rows;
      }
    },
  };
}

function addRide(sums: Sums, { state, medium, offAt, ...ride }: RideEntry): void {
  sums.revenueFen[medium] += ride.paidFen;
  sums.dueFen[medium] += ride.dueFen;
  sums.shortFen += ride.shortFen;
  sums.refundFen += ride.refundFen;
  sums.unresolvedFen += ride.unresolvedFen;
  if (state === 'earlier-ride') return;
  sums.rides++;
  sums.ridesBy[medium]++;
  if (state === 'made-up') sums.madeUp++;
  if (state === 'across-epochs') sums.acrossEpochs++;
  if (state === 'waiting') sums.waiting++;
  if (state === 'unreported') sums.unreported++;
  if (isUnfinished({ state, offAt })) sums.unfinished++;
}

const endless: ReadonlySet<RideEntry['state']> = new Set(['unfinished', 'waiting', 'unreported']);

/** Nobody has tapped off, as far as is known. */
export function isUnfinished({ state, offAt }: Pick<RideEntry, 'state' | 'offAt'>): boolean {
  return endless.has(state) || (state === 'across-epochs' && offAt === null);
}
