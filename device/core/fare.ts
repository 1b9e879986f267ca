/** What the ride costs at boarding, and whether the card holds enough to board. */
import type { TakenMedium } from './medium.ts';
import type { FareTable } from './policy.ts';

/** @returns the boarding fare in fen */
export function boardingFareFen(medium: TakenMedium, table: FareTable): number {
  const percent = medium.kind === 'ride-code' ? table.payPercent.rideCode : table.payPercent[medium.cardKind];
  return Math.round((table.baseFen * percent) / 100);
}

export function canBoard(medium: TakenMedium, table: FareTable): boolean {
  if (medium.balanceFen === undefined) return true;
  const fareFen = boardingFareFen(medium, table);
  return fareFen === 0 || medium.balanceFen >= Math.max(fareFen, table.minimumBalanceFen);
}
