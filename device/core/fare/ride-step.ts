/**
 * What a tap is to a ride: getting on, getting off, or the whole of it. A card says itself whether its ride is open; of ride
 * codes the validator knows its own, and what codes at its door mean. Nothing here refuses anybody.
 */
import type { Fares, FareTable } from './fare-table.ts';
import { fareTableAt } from './fare-table.ts';
import { boardingFareFen, discountedFen, type Payer } from './price.ts';
import { mostFen, type RideFare, type RideTap, rideFare } from './ride.ts';
import type { Route } from './route.ts';

/** A ride that somebody has begun. */
export interface BegunRide extends RideTap {
  /** Begun on this bus and line: else it only owes. */
  readonly isHere: boolean;
  /** What this bus may take for it where nobody has tapped off; 0 for what is none of this city's. */
  readonly owedFen: number;
}

export type RideStep =
  /** Paid at boarding, all of it. */
  | { readonly step: 'single'; readonly fareFen: number; readonly owedFen: number }
  /** Nothing is paid yet but what an earlier ride owes. */
  | { readonly step: 'on'; readonly mostFen: number; readonly owedFen: number }
  | { readonly step: 'off'; readonly on: RideTap | undefined; readonly fare: RideFare }
  /** The same tap once more: its card says so, whichever door took the first. */
  | { readonly step: 'again' };

export interface StepSituation {
  /** Undefined where the feed says nothing of the line's ways: then every ride is paid at boarding. */
  readonly route: Route | undefined;
  readonly line: string;
  readonly fares: Fares;
  readonly payer: Payer;
  /** It can be tapped off: a ride code can, and a card that keeps its ride. */
  readonly canTapOff: boolean;
  /** What codes at this door mean; cards say it themselves. */
  readonly door: 'both' | 'on' | 'off';
  readonly tap: RideTap;
  readonly begun: BegunRide | undefined;
  /** When and where the medium's last ride ended, if on this bus. */
  readonly ended: RideTap | undefined;
  /** The crew has confirmed its tap of getting on: it may be made once more. */
  readonly isConfirmed: boolean;
  /** The medium pays for somebody else than its holder, who has got on with it. */
  readonly isCompanion: boolean;
  /** The policy's. */
  readonly repeatWindowS: number;
}

/** Getting on and off at one stop within so long is one passenger who was not sure. */
const sameStopRepeatMs = 60_000;

export function rideStep(situation: StepSituation): RideStep {
  const { route, fares, canTapOff, tap, begun, ended } = situation;
  const table = fareTableAt(fares, tap.at);
  if (situation.isCompanion) return companionRide(situation, table);
  if (isAgain(begun?.isHere ? begun : ended, situation)) return { step: 'again' };
  const isDistance = route !== undefined && canTapOff && !table.flatLines.includes(route.line);
  const on = begun?.isHere && isOneRide(begun, tap, fares) ? begun : undefined;
  // A ride that was begun here is ended here, whatever the line has become meanwhile, or what is known of it.
  if (on !== undefined) return alight(situation, route ?? { line: situation.line, patterns: [] }, on);
  if (isDistance && situation.payer.kind === 'ride-code' && situation.door === 'off')
    return alight(situation, route, undefined);
  const owedFen = begun?.owedFen ?? 0;
  if (isDistance) return { step: 'on', mostFen: mostFen({ ...situation, route, table }, tap), owedFen };
  return { step: 'single', fareFen: boardingFareFen(situation.payer, table), owedFen };
}

/**
 * Nothing can be written of where a companion gets off. So they pay at boarding, what the dearest ride from here costs: as any
 * passenger with a card, for a discount is its holder's own.
 */
function companionRide({ route, payer, tap }: StepSituation, table: FareTable): RideStep {
  const companion: Payer = { kind: payer.kind, cardKind: 'ordinary' };
  const undiscountedFen =
    route === undefined ? table.baseFen : mostFen({ route, table, payer: companion }, tap);
  const isFlat = route === undefined || table.flatLines.includes(route.line);
  const fareFen = isFlat
    ? boardingFareFen(companion, table)
    : discountedFen(table, companion, undiscountedFen);
  return { step: 'single', fareFen, owedFen: 0 };
}

function alight({ fares, payer, tap }: StepSituation, route: Route, on: RideTap | undefined): RideStep {
  const table = fareTableAt(fares, on?.at ?? tap.at);
  const fare = rideFare({ route, table, payer, on, off: tap });
  // A code is charged afterwards, by the back office, which knows all taps.
  const due = payer.kind === 'ride-code' ? { ...fare, fareFen: 0 } : fare;
  return { step: 'off', on: on && { stop: on.stop, at: on.at }, fare: due };
}

/** A time that is not known says nothing against the passenger. */
export function isOneRide(on: Pick<RideTap, 'at'>, off: Pick<RideTap, 'at'>, fares: Fares): boolean {
  const { rideMaxS }: FareTable = fareTableAt(fares, on.at);
  return !(off.at - on.at > rideMaxS * 1000);
}

function isAgain(before: RideTap | undefined, { tap, repeatWindowS, isConfirmed }: StepSituation): boolean {
  if (before === undefined) return false;
  const isElsewhere = before.stop !== undefined && tap.stop !== undefined && before.stop !== tap.stop;
  if (isConfirmed && !isElsewhere) return true;
  const sinceMs = Math.abs(tap.at - before.at);
  const isSameStop = before.stop !== undefined && before.stop === tap.stop;
  return sinceMs < (isSameStop ? Math.max(sameStopRepeatMs, repeatWindowS * 1000) : repeatWindowS * 1000);
}
