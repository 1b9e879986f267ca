/**
 * The crew's word on a passenger: which medium they may confirm, and for how long its next tap then rides.
 *
 * All times are of the monotonic clock, so that no setting of a clock makes any of this longer.
 */
import { type Confirmation, type ConfirmedBy, type Decision, isLeftToTheCrew } from './check.ts';
import type { LeftToTheCrew } from './left-to-the-crew.ts';
import type { PresentedAs } from './medium.ts';

/** A tap that was left to the crew. */
export interface RefusedTap {
  /** The medium's, under every key that is held: a change of key in between makes it no other medium. */
  readonly tokens: readonly string[];
  readonly presented: PresentedAs;
  readonly verdict: LeftToTheCrew;
  /** Its number in the journal. */
  readonly row: number;
  readonly isPaid: boolean;
  readonly atMs: number;
}

export interface ConfirmedTap {
  readonly tap: RefusedTap;
  readonly by: ConfirmedBy;
  readonly atMs: number;
}

export interface CrewCheck {
  /** Whom the next confirmation is about. */
  readonly refused?: RefusedTap | undefined;
  /** Whose next tap rides. */
  readonly confirmed?: ConfirmedTap | undefined;
}

/** The crew looks at a phone at once, or not at all: a key that is pressed later is about somebody else. */
export const refusedForMs = 120_000;

/** A tap as it concerns the crew. */
export interface CrewsTap extends Omit<RefusedTap, 'isPaid' | 'verdict'> {
  readonly decision: Decision;
  /** The policy lets the crew confirm it. */
  readonly isConfirmable: boolean;
}

/**
 * The newest tap that is left to the crew counts, and one that they may not confirm takes its place as well: the crew has
 * that passenger before them. A medium that is not taken at all does not: it may be the passenger's Health Kit itself.
 */
export function afterTap({ refused, confirmed }: CrewCheck, tap: CrewsTap): CrewCheck {
  const { decision, isConfirmable, tokens, ...rest } = tap;
  const { verdict, fareTaken: isPaid, confirmation } = decision;
  const stillConfirmed = confirmation === undefined ? confirmed : undefined;
  if (isConfirmable && isLeftToTheCrew(verdict)) {
    return { refused: { ...rest, tokens, verdict: verdict.verdict, isPaid }, confirmed: stillConfirmed };
  }
  const hasRidden = isPaid && isSame(refused?.tokens, tokens);
  const isOver = hasRidden || verdict.verdict === 'abnormal';
  return { refused: isOver ? undefined : refused, confirmed: stillConfirmed };
}

export type Confirming =
  /** This medium's next tap rides. */
  | { readonly outcome: 'confirmed'; readonly tap: RefusedTap }
  /** It had been confirmed: nothing is longer than it was. */
  | { readonly outcome: 'already'; readonly tap: RefusedTap }
  | { readonly outcome: 'nothing' };

/** @param windowMs how long a confirmed medium's next tap rides */
export function confirm(
  before: CrewCheck,
  by: ConfirmedBy,
  nowMs: number,
  windowMs: number,
): { readonly after: CrewCheck; readonly confirming: Confirming } {
  const { refused, confirmed } = before;
  if (refused !== undefined && nowMs - refused.atMs <= refusedForMs) {
    const after = { confirmed: { tap: refused, by, atMs: nowMs } };
    return { after, confirming: { outcome: 'confirmed', tap: refused } };
  }
  const tap = isInTime(confirmed, nowMs, windowMs) ? confirmed.tap : undefined;
  const confirming =
    tap === undefined ? ({ outcome: 'nothing' } as const) : { outcome: 'already' as const, tap };
  return { after: { confirmed }, confirming };
}

/** What lets this medium ride now, whoever has tapped in between. */
export function confirmationOf(
  { confirmed }: CrewCheck,
  tokens: readonly string[],
  nowMs: number,
  windowMs: number,
): Confirmation | undefined {
  if (!isInTime(confirmed, nowMs, windowMs) || !isSame(confirmed.tap.tokens, tokens)) return undefined;
  const { by, tap } = confirmed;
  return { by, row: tap.row, isPaid: tap.isPaid };
}

function isInTime(
  confirmed: ConfirmedTap | undefined,
  nowMs: number,
  windowMs: number,
): confirmed is ConfirmedTap {
  return confirmed !== undefined && nowMs - confirmed.atMs <= windowMs;
}

function isSame(some: readonly string[] = [], others: readonly string[]): boolean {
  return some.some(token => others.includes(token));
}
