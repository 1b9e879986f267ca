/** From a distance and a payer to an amount, and whether a card holds enough to board. */
import type { TakenMedium } from '../medium.ts';
import type { FareTable } from './fare-table.ts';

/** Who pays, as far as the fare cares. */
export type Payer = Pick<TakenMedium, 'kind' | 'cardKind'>;

/**
 * A distance is known to the metre: what is a millimetre past a band's end, by the arithmetic of its sum, is not past it.
 * @returns fen, before any discount. @param distanceM 0 or more
 */
export function undiscountedFen({ baseFen, distance }: FareTable, distanceM: number): number {
  const beyondM = Math.round(distanceM) - distance.includedM;
  return baseFen + Math.max(0, Math.ceil(beyondM / distance.stepM)) * distance.stepFen;
}

/** @returns what this payer pays of an undiscounted fare, to the nearest fen, half a fen up */
export function discountedFen(table: FareTable, payer: Payer, undiscounted: number): number {
  return Math.round((undiscounted * percentOf(table, payer)) / 100);
}

export function ridesFree(table: FareTable, payer: Payer): boolean {
  return percentOf(table, payer) === 0;
}

/** @returns the fare of the shortest ride, in fen */
export function boardingFareFen(payer: Payer, table: FareTable): number {
  return discountedFen(table, payer, table.baseFen);
}

/** @param owedFen what is taken at boarding for an earlier ride */
export function canBoard(medium: TakenMedium, table: FareTable, owedFen = 0): boolean {
  if (medium.balanceFen === undefined) return true;
  const fareFen = boardingFareFen(medium, table);
  const leastFen = fareFen === 0 ? 0 : Math.max(fareFen, table.minimumBalanceFen);
  return leastFen + owedFen === 0 || medium.balanceFen >= leastFen + owedFen;
}

function percentOf({ payPercent }: FareTable, { kind, cardKind }: Payer): number {
  return kind === 'ride-code' ? payPercent.rideCode : payPercent[cardKind];
}
