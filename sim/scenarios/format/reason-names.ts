/** The names of all reasons of the firmware's verdicts; the compiler keeps the list complete. */
import type { CannotVerifyReason, InvalidReason } from '../../../device/core/check.ts';
import type { LeftToTheCrew } from '../../../device/core/left-to-the-crew.ts';
import { reasonsOf } from '../../../device/core/occasion-reasons.ts';

export type ReasonName =
  | CannotVerifyReason
  | InvalidReason
  | LeftToTheCrew
  | (typeof reasonsOf.alighted)[number]
  | 'line'
  | 'date'
  | 'out-of-service';

const all: readonly ReasonName[] = [
  ...reasonsOf['not-checked'],
  ...reasonsOf['cannot-verify'],
  ...reasonsOf.invalid,
  ...reasonsOf['checked-by-hand'],
  // Logged for a ride that could not be journaled.
  'out-of-service',
  ...reasonsOf.alighted,
];
export const reasons: readonly ReasonName[] = [...new Set(all)];
