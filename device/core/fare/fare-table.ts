/** What a ride costs, as data. All amounts are in fen, all distances in metres. */
import type { CardKind } from '../medium.ts';

export interface FareTable {
  /** Undiscounted fare of a flat line, and of a distance line as far as `distance.includedM`. */
  readonly baseFen: number;
  /** A card must hold at least this to board; free riders excepted. */
  readonly minimumBalanceFen: number;
  /** What is paid of the undiscounted fare, in percent, by ride codes and by each card kind. */
  readonly payPercent: { readonly rideCode: number } & Readonly<Record<CardKind, number>>;
  /** Past `includedM`, each further `stepM` that has begun costs `stepFen` more. */
  readonly distance: { readonly includedM: number; readonly stepM: number; readonly stepFen: number };
  /** Lines on which every ride costs `baseFen`, paid at boarding. */
  readonly flatLines: readonly string[];
  /** Getting on and off further apart than this is two incomplete rides. */
  readonly rideMaxS: number;
}

/** The table in force, and those that follow it. */
export interface Fares extends FareTable {
  /** In the order of `from`, Unix milliseconds. A ride goes by the table in force when it began. */
  readonly changes: readonly (FareTable & { readonly from: number })[];
  /** A passenger whose health code is abnormal pays all the same. */
  readonly abnormalPays: boolean;
  /** For so many days a passenger may say where they got off without a tap; 0 for never. */
  readonly makeUpDays: number;
}

/** @param at when the ride began, Unix milliseconds; NaN while no time is known: then the first table counts */
export function fareTableAt(fares: Fares, at: number): FareTable {
  return fares.changes.findLast(({ from }) => from <= at) ?? fares;
}

/**
 * Beijing in 2022: 2.00 yuan for up to 10 km and 1.00 for each further 5 km begun; half on card or code, a quarter for
 * students, free for senior citizens; 1.00 on the purse; four hours for a ride.
 */
export const beijingFares: Fares = {
  baseFen: 200,
  minimumBalanceFen: 100,
  payPercent: { rideCode: 50, ordinary: 50, student: 25, senior: 0, test: 50, military: 50, unknown: 50 },
  distance: { includedM: 10_000, stepM: 5_000, stepFen: 100 },
  flatLines: [],
  rideMaxS: 4 * 3600,
  changes: [],
  abnormalPays: false,
  makeUpDays: 7,
};
