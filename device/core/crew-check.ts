/**
 * The crew's word on a passenger: which medium they may confirm, and for how long its next tap then rides.
 *
 * All times are of the monotonic clock, so that no setting of a clock makes any of this longer.
 */
import { type Confirmation, type ConfirmedBy, type Decision, isLeftToTheCrew } from './check.ts';
import type { LeftToTheCrew } from './left-to-the-crew.ts';
import type { PresentedAs } from './medium.ts';

/** A tap as the crew may speak of it later. */
export interface RememberedTap {
  /** The medium's, under every key that is held: a change of key in between makes it no other medium. */
  readonly tokens: readonly string[];
  readonly presented: PresentedAs;
  /** Its number in the journal. */
  readonly row: number;
  readonly atMs: number;
}

/** A tap that was left to the crew. */
export interface RefusedTap extends RememberedTap {
  readonly verdict: LeftToTheCrew;
  readonly isPaid: boolean;
}

interface Granted<T> {
  readonly tap: T;
  readonly by: ConfirmedBy;
  readonly atMs: number;
}

export type ConfirmedTap = Granted<RefusedTap>;

export interface CrewCheck {
  /** Whom the next confirmation is about. */
  readonly refused?: RefusedTap | undefined;
  /** Whose next tap rides. */
  readonly confirmed?: ConfirmedTap | undefined;
  /** Who got on last: with the crew's key their medium pays for somebody else too, if the policy lets it. */
  readonly boarded?: RememberedTap | undefined;
  readonly companion?: Granted<RememberedTap> | undefined;
}

/** For how long the crew's word is good, in milliseconds. */
export interface CrewWindows {
  /** A confirmed medium's next tap rides. */
  readonly windowMs: number;
  /** The medium that got on last pays for a companion; 0 for never. */
  readonly companionMs: number;
}

/** The crew looks at a phone at once, or not at all: a key that is pressed later is about somebody else. */
export const refusedForMs = 120_000;

/** A tap as it concerns the crew. */
export interface CrewsTap extends RememberedTap {
  readonly decision: Decision;
  /** The policy lets the crew confirm it. */
  readonly isConfirmable: boolean;
}

/**
 * The newest tap that is left to the crew counts, and one that they may not confirm takes its place as well: the crew has
 * that passenger before them. A medium that is not taken at all does not: it may be the passenger's Health Kit itself.
 */
export function afterTap(before: CrewCheck, tap: CrewsTap): CrewCheck {
  const { refused, confirmed, companion } = before;
  const { decision, isConfirmable, ...remembered } = tap;
  const { verdict, fareTaken: isPaid, confirmation } = decision;
  const still = {
    confirmed: confirmation === undefined ? confirmed : undefined,
    companion: confirmation?.isCompanion ? undefined : companion,
    boarded: isPaid && decision.ride?.step !== 'off' ? remembered : before.boarded,
  };
  if (isConfirmable && isLeftToTheCrew(verdict)) {
    return { ...still, refused: { ...remembered, verdict: verdict.verdict, isPaid } };
  }
  const hasRidden = isPaid && isSame(refused?.tokens, tap.tokens);
  const isOver = hasRidden || verdict.verdict === 'abnormal';
  return { ...still, refused: isOver ? undefined : refused };
}

export type Confirming =
  /** This medium's next tap rides. */
  | { readonly outcome: 'confirmed'; readonly tap: RefusedTap }
  /** It had been confirmed: nothing is longer than it was. */
  | { readonly outcome: 'already'; readonly tap: RefusedTap }
  /** Its next tap pays for a companion of whoever has got on with it. */
  | { readonly outcome: 'companion'; readonly tap: RememberedTap }
  | { readonly outcome: 'nothing' };

export function confirm(
  before: CrewCheck,
  by: ConfirmedBy,
  nowMs: number,
  windows: CrewWindows,
): { readonly after: CrewCheck; readonly confirming: Confirming } {
  const { refused, confirmed, boarded } = before;
  if (refused !== undefined && nowMs - refused.atMs <= refusedForMs) {
    const after = { boarded, confirmed: { tap: refused, by, atMs: nowMs } };
    return { after, confirming: { outcome: 'confirmed', tap: refused } };
  }
  const rest = { ...before, refused: undefined };
  if (isInTime(confirmed, nowMs, windows.windowMs))
    return { after: rest, confirming: { outcome: 'already', tap: confirmed.tap } };
  if (boarded !== undefined && windows.companionMs > 0 && nowMs - boarded.atMs <= windows.companionMs) {
    const after = { ...rest, companion: { tap: boarded, by, atMs: nowMs } };
    return { after, confirming: { outcome: 'companion', tap: boarded } };
  }
  return { after: rest, confirming: { outcome: 'nothing' } };
}

/** What lets this medium ride now, whoever has tapped in between. */
export function confirmationOf(
  { confirmed, companion }: CrewCheck,
  tokens: readonly string[],
  nowMs: number,
  { windowMs, companionMs }: CrewWindows,
): Confirmation | undefined {
  if (isInTime(confirmed, nowMs, windowMs) && isSame(confirmed.tap.tokens, tokens)) {
    const { by, tap } = confirmed;
    return { by, row: tap.row, isPaid: tap.isPaid };
  }
  if (isInTime(companion, nowMs, companionMs) && isSame(companion.tap.tokens, tokens)) {
    const { by, tap } = companion;
    return { by, row: tap.row, isPaid: false, isCompanion: true };
  }
  return undefined;
}

function isInTime<T>(
  granted: Granted<T> | undefined,
  nowMs: number,
  windowMs: number,
): granted is Granted<T> {
  return granted !== undefined && nowMs - granted.atMs <= windowMs;
}

function isSame(some: readonly string[] = [], others: readonly string[]): boolean {
  return some.some(token => others.includes(token));
}
