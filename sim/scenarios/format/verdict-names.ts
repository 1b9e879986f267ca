/** The names of all verdicts and reasons of the firmware; the compiler keeps the lists complete. */
import type { CannotVerifyReason, InvalidReason, Verdict } from '../../../device/core/check.ts';

const verdictNames = {
  pass: true,
  abnormal: true,
  'not-found': true,
  'cannot-verify': true,
  'not-checked': true,
  invalid: true,
  repeat: true,
} satisfies Record<Verdict['verdict'], true>;

const reasonNames = {
  line: true,
  date: true,
  'no-data': true,
  'stale-links': true,
  'stale-status': true,
  'future-data': true,
  clock: true,
  'unknown-status': true,
  unsupported: true,
  unreadable: true,
  'not-enabled': true,
  'not-yet-valid': true,
  expired: true,
  blacklisted: true,
  'insufficient-balance': true,
  'no-code': true,
  'several-codes': true,
  malformed: true,
  'unknown-authority': true,
  'certificate-expired': true,
  'bad-certificate': true,
  'bad-issuer-signature': true,
  'bad-user-signature': true,
  'authorisation-expired': true,
  'too-long-lived': true,
  'time-unknown': true,
  used: true,
  /** Logged for a ride that could not be journaled. */
  'out-of-service': true,
} satisfies Record<CannotVerifyReason | InvalidReason | 'line' | 'date' | 'out-of-service', true>;

export type VerdictName = keyof typeof verdictNames;
export type ReasonName = keyof typeof reasonNames;

export const verdicts = Object.keys(verdictNames) as VerdictName[];
export const reasons = Object.keys(reasonNames) as ReasonName[];
