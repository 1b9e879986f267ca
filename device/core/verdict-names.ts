/** The names of all verdicts; the compiler keeps the list complete. */
import type { Verdict } from './check.ts';

export type VerdictName = Verdict['verdict'];

export const verdicts = Object.keys({
  pass: true,
  abnormal: true,
  'not-found': true,
  'cannot-verify': true,
  'not-checked': true,
  'checked-by-hand': true,
  invalid: true,
  repeat: true,
  alighted: true,
} satisfies Record<VerdictName, true>) as VerdictName[];
