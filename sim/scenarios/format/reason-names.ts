/** The names of all verdicts and reasons of the firmware; the compiler keeps the lists complete. */
import type { CannotVerifyReason, InvalidReason, Verdict } from '../../../device/core/check.ts';
import type { LeftToTheCrew } from '../../../device/core/left-to-the-crew.ts';
import { reasonsOf } from '../../../device/core/occasion-reasons.ts';

const verdictNames = {
  pass: true,
  abnormal: true,
  'not-found': true,
  'cannot-verify': true,
  'not-checked': true,
  'checked-by-hand': true,
  invalid: true,
  repeat: true,
  alighted: true,
} satisfies Record<Verdict['verdict'], true>;

export type VerdictName = keyof typeof verdictNames;
export type ReasonName =
  | CannotVerifyReason
  | InvalidReason
  | LeftToTheCrew
  | (typeof reasonsOf.alighted)[number]
  | 'line'
  | 'date'
  | 'out-of-service';

export const verdicts = Object.keys(verdictNames) as VerdictName[];
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
