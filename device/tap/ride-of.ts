/** What is known of a medium's ride at a tap: from its card, or from the validator's memory of ride codes. */
import type { Confirmation } from '../core/check.ts';
import type { Fares } from '../core/fare/fare-table.ts';
import type { RideTap } from '../core/fare/ride.ts';
import { type BegunRide, isOneRide, type RideStep, rideStep } from '../core/fare/ride-step.ts';
import type { Route } from '../core/fare/route.ts';
import type { TakenMedium } from '../core/medium.ts';
import type { Policy } from '../core/policy.ts';
import type { Stop } from '../core/stop.ts';
import type { RideState } from '../core/transit-card/ride-record.ts';
import { lineDigits, stopMark } from '../core/transit-card/ride-update.ts';

/** What codes mean at the door where the validator stands. */
export type Door = 'both' | 'on' | 'off';

/** The bus and where it is. */
export interface Place {
  readonly line: string;
  /** The bus's own number. */
  readonly bus: string;
  readonly door: Door;
  readonly route: Route | undefined;
  readonly stops: readonly Stop[];
  readonly stop: Stop | undefined;
  /** Unix milliseconds; NaN while no time is known. */
  readonly at: number;
}

const beijing = '1000';
/** No bus ride of the city costs as much: what a card says beyond it is no fare. */
const dearestFen = 20_000;

export function stepOf(
  medium: TakenMedium,
  place: Place,
  { fare, repeatWindowS }: Pick<Policy, 'fare' | 'repeatWindowS'>,
  known: {
    readonly card?: RideState | undefined;
    readonly codeRide?: RideTap | undefined;
    readonly confirmation?: Confirmation | undefined;
  },
): RideStep {
  const { route, door, at, stop } = place;
  const isCode = medium.kind === 'ride-code';
  const { codeRide } = known;
  return rideStep({
    route,
    line: place.line,
    fares: fare,
    payer: medium,
    canTapOff: isCode || known.card !== undefined,
    door,
    tap: { stop: stop?.id, at },
    begun: codeRide ? { ...codeRide, isHere: true, owedFen: 0 } : begunOn(known.card, place),
    ended: endedOn(known.card, place),
    isConfirmed: known.confirmation !== undefined,
    isCompanion: known.confirmation?.isCompanion ?? false,
    repeatWindowS,
  });
}

/** @returns whether a card's ride is open here, so that its next tap gets off. */
export function hasGotOn(card: RideState, place: Place, fares: Fares): boolean {
  const begun = begunOn(card, place);
  return begun?.isHere === true && isOneRide(begun, place, fares);
}

function begunOn(state: RideState | undefined, place: Place): BegunRide | undefined {
  const open = state?.open;
  if (open === undefined) return undefined;
  const isOurs = open.city === beijing && open.mostFen <= dearestFen;
  const at = open.at ?? Number.NaN;
  return {
    stop: stopOf(open.stopMark, place),
    at,
    isHere: isHere(open, place),
    owedFen: isOurs ? open.mostFen : 0,
  };
}

function endedOn(state: RideState | undefined, place: Place): RideTap | undefined {
  const ended = state?.ended;
  if (ended === undefined || !isHere(ended, place)) return undefined;
  return { stop: stopOf(ended.stopMark, place), at: ended.at ?? Number.NaN };
}

function isHere({ city, line, bus }: NonNullable<RideState['ended']>, place: Place): boolean {
  return city === beijing && line === lineDigits(place.line) && bus === place.bus;
}

function stopOf(mark: number, { stops }: Place): string | undefined {
  return mark === 0 ? undefined : stops.find(({ id }) => stopMark(id) === mark)?.id;
}
