/** What is told of a tap: to the console, and to the log. */
import type { Decision, LinkLookup, Seen } from '../core/check.ts';
import type { Confirming } from '../core/crew-check.ts';
import type { CheckStep } from '../core/medium.ts';
import type { Notice } from '../core/screen.ts';
import type { Log } from '../kit/log.ts';
import { meansOf } from './crew-desk.ts';

/** All that happened to one presented medium; for the console. No account is in it; it is kept in memory only. */
export interface TapReport {
  readonly reader: string;
  /** Unix milliseconds */
  readonly at: number;
  readonly tookMs: number;
  readonly steps: readonly CheckStep[];
  readonly kind: string;
  readonly token: string | undefined;
  /** The account's last two digits, by which its holder and a technician know the tap: nothing writes them down. */
  readonly lastDigits: string | undefined;
  readonly seen: Seen;
  readonly link: LinkLookup | undefined;
  readonly decision: Decision;
  /** Undefined when the journal did not take it. */
  readonly seq: number | undefined;
  readonly notice: Notice;
  /** What was taken from the card's purse, in fen; undefined where it took no part. */
  readonly paidFen: number | undefined;
  /** Why the card could not pay. */
  readonly whyNotPaid: string | undefined;
}

/** A card that left while it was being read: no ride, nothing journaled. */
export interface LostCard {
  readonly lost: true;
  /** The reader failed, not the card. */
  readonly byReader: boolean;
  readonly reader: string;
  readonly at: number;
}

/** A crew card: it confirms another medium, and is no ride itself. Nothing is journaled before that medium's next tap. */
export interface CrewCard {
  readonly reader: string;
  readonly at: number;
  readonly confirming: Confirming;
}

export type Presented = TapReport | LostCard | CrewCard;

/** The check that a code read as nothing has failed. */
export const codeRead = 'code read';

/** @param stopId where the bus stands, if that is known */
export function logTap(
  { reader, kind, seq, decision, ...report }: TapReport,
  log: Log,
  stopId?: string,
): void {
  const tookMs = Math.round(report.tookMs * 10) / 10;
  const place = stopId === undefined ? {} : { stop: stopId };
  if (seq === undefined) {
    const refusal = { verdict: 'cannot-verify', reason: 'out-of-service', fareTaken: false };
    log.error('tap', { reader, kind, ...refusal, tookMs, ...place });
  } else {
    const { verdict, phase, fareTaken, fareFen } = decision;
    const why = whyNotRead(report.steps);
    const { confirmation } = decision;
    const checked = confirmation && { checkedBy: meansOf(confirmation.by), checkedRow: confirmation.row };
    const { paidFen, whyNotPaid } = report;
    const paid = {
      ...(paidFen !== undefined && { paidFen }),
      ...(whyNotPaid !== undefined && { why: whyNotPaid }),
    };
    const step = decision.ride && decision.ride.step !== 'single' ? { step: decision.ride.step } : {};
    const fare = { fareTaken, fareFen, ...step, ...paid };
    log.info('tap', { seq, reader, kind, ...verdict, ...why, ...checked, phase, ...fare, tookMs, ...place });
  }
}

/** What a card said or how it failed, where it could not be read: the reason alone does not tell a technician. */
function whyNotRead(steps: readonly CheckStep[]): { readonly why?: string } {
  const read = steps.find(({ check, ok }) => !ok && (check === 'card read' || check === codeRead));
  return read === undefined || read.detail === 'malformed' || read.detail === 'several-codes'
    ? {}
    : { why: read.detail };
}
