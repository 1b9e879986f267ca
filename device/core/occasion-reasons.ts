/** What a row of the table of prompts may ask for, besides the verdict. */
import { statuses, type Verdict } from './check.ts';
import type { OccasionName } from './prompt-table.ts';

export const reasonsOf = {
  pass: [],
  abnormal: statuses.filter(status => status !== 'unknown' && status !== 'green'),
  'not-found': [],
  'cannot-verify': keysOf<Extract<Verdict, { verdict: 'cannot-verify' }>['reason']>({
    'no-data': true,
    'stale-links': true,
    'stale-status': true,
    'future-data': true,
    clock: true,
    'unknown-status': true,
  }),
  'not-checked': keysOf<Extract<Verdict, { verdict: 'not-checked' }>['reason']>({ line: true, date: true }),
  invalid: keysOf<Extract<Verdict, { verdict: 'invalid' }>['reason']>({
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
  }),
  repeat: [],
  'present-again': [],
  'out-of-service': [],
} satisfies Record<OccasionName, readonly string[]>;

/** All of a union's values: tsc complains of one that is left out. */
function keysOf<T extends string>(all: Readonly<Record<T, true>>): readonly T[] {
  return Object.keys(all) as T[];
}
