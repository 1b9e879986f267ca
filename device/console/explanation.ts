/** What happened to one presented medium, as data. It holds no account: what identifies the medium is its token. */
import { z } from 'zod';
import { isDenied, type LinkLookup } from '../core/check.ts';
import type { Presented, TapReport } from '../tap/tap-report.ts';
import { confirmation, confirmationOf } from './commands/confirm.ts';
import { instant, instantOf, milliseconds } from './data.ts';

const link = z.union([
  z.object({ unavailable: z.string() }),
  z.object({ found: z.literal(false), linksAsOf: instant }),
  z.object({ found: z.literal(true), status: z.string(), statusAsOf: instant, linksAsOf: instant }),
]);

const tap = z.object({
  presented: z.literal('medium'),
  reader: z.string(),
  at: instant,
  medium: z.string(),
  /** Null for what is not a medium that this bus takes. */
  token: z.string().nullable(),
  checks: z.array(z.object({ ok: z.boolean(), check: z.string(), detail: z.string() })),
  seen: z.enum(['new', 'repeat', 'used']),
  /** Null where it was not looked up. */
  link: link.nullable(),
  denied: z.boolean(),
  /** The crew's word, after the tap `seq`. */
  confirmed: z.object({ by: z.string(), seq: z.int(), isPaid: z.boolean() }).nullable(),
  phase: z.string(),
  verdict: z.string(),
  reason: z.string().nullable(),
  ride: z
    .object({
      step: z.string(),
      mostFen: z.int().nullable(),
      distanceM: z.number().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  fareTaken: z.boolean(),
  fareFen: z.int(),
  /** What the card's purse has paid; null where it took no part. */
  paidFen: z.int().nullable(),
  whyNotPaid: z.string().nullable(),
  /** Null where the journal did not take it: no ride. */
  seq: z.int().nullable(),
  shown: z.object({ passenger: z.string(), crew: z.string() }),
  tookMs: milliseconds,
});
export type ExplainedTap = z.infer<typeof tap>;

export const explanation = z.discriminatedUnion('presented', [
  tap,
  /** It left before it was read. */
  z.object({ presented: z.literal('lost-card'), reader: z.string(), at: instant }),
  z.object({ presented: z.literal('crew-card'), reader: z.string(), at: instant, confirmation }),
]);
export type Explanation = z.infer<typeof explanation>;

export function describe(report: Presented): Explanation {
  const { reader } = report;
  const at = instantOf(report.at);
  if ('lost' in report) return { presented: 'lost-card', reader, at };
  if ('confirming' in report)
    return { presented: 'crew-card', reader, at, confirmation: confirmationOf(report.confirming) };
  return describeTap(report);
}

function describeTap(report: TapReport): ExplainedTap {
  const { reader, kind, token, steps, seen, link, decision, notice, seq, tookMs } = report;
  const { verdict, phase, fareTaken, fareFen } = decision;
  return {
    presented: 'medium',
    ...{ reader, at: instantOf(report.at), medium: kind, token: token ?? null, checks: [...steps], seen },
    link: link === undefined ? null : linkOf(link),
    denied: link !== undefined && isDenied(link),
    confirmed: confirmedOf(decision),
    phase,
    verdict: verdict.verdict,
    reason: 'reason' in verdict ? verdict.reason : 'status' in verdict ? verdict.status : null,
    ride: rideOf(decision),
    fareTaken: fareTaken && seq !== undefined,
    fareFen,
    paidFen: report.paidFen ?? null,
    whyNotPaid: report.whyNotPaid ?? null,
    seq: seq ?? null,
    shown: { passenger: notice.passenger.headline.zh, crew: notice.crew.headline.zh },
    tookMs,
  };
}

function linkOf(found: LinkLookup): z.infer<typeof link> {
  if ('unavailable' in found) return { unavailable: found.unavailable };
  const linksAsOf = instantOf(found.linksAsOf);
  if (!found.found) return { found: false, linksAsOf };
  return { found: true, status: found.status, statusAsOf: instantOf(found.statusAsOf), linksAsOf };
}

function confirmedOf({ confirmation }: TapReport['decision']): ExplainedTap['confirmed'] {
  if (confirmation === undefined) return null;
  const { by, row: seq, isPaid } = confirmation;
  return { by: typeof by === 'string' ? by : `crew card ${by.card}`, seq, isPaid };
}

function rideOf({ ride }: TapReport['decision']): ExplainedTap['ride'] {
  if (ride === undefined) return null;
  const { step } = ride;
  return {
    step,
    mostFen: step === 'on' ? ride.mostFen : null,
    distanceM: step === 'off' ? (ride.fare.distanceM ?? null) : null,
    reason: step === 'off' ? ride.fare.reason : null,
  };
}
