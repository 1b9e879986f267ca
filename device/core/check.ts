/** decide(): from a read medium, its link and the policy to the verdict. Total: every input has a verdict. */
import { isAhead, isFresh } from './data-age.ts';
import { fareTableAt } from './fare/fare-table.ts';
import { boardingFareFen, canBoard } from './fare/price.ts';
import type { RideStep } from './fare/ride-step.ts';
import { type LeftToTheCrew, leftToTheCrew } from './left-to-the-crew.ts';
import { type CardRefusal, type CodeRefusal, type Medium, type PresentedAs, presentedAs } from './medium.ts';
import type { Phase } from './phase.ts';
import { type Policy, phaseAt } from './policy.ts';
import type { PurchaseRefusal } from './purchase/outcome.ts';

/** A registered person's health-code status, in the order of the cache's 4-bit values. */
export const statuses = ['unknown', 'green', 'yellow', 'red', 'popup'] as const;
export type Status = (typeof statuses)[number];
export type AbnormalStatus = Exclude<Status, 'unknown' | 'green'>;

/** What the cache knows about one token; the times are Unix milliseconds. A medium may be denied and not linked. */
export type LinkLookup =
  | {
      readonly found: true;
      readonly denied: boolean;
      readonly status: Status;
      readonly linksAsOf: number;
      readonly statusAsOf: number;
    }
  | { readonly found: false; readonly denied: boolean; readonly linksAsOf: number }
  | { readonly unavailable: string };

export type InvalidReason = CardRefusal | CodeRefusal | 'denied' | PurchaseRefusal;

export const cannotVerifyReasons = [
  'no-data',
  'stale-links',
  'stale-status',
  'future-data',
  'clock',
  'unknown-status',
] as const;
export type CannotVerifyReason = (typeof cannotVerifyReasons)[number];

/** Outside the policy's lines or dates. */
export const notCheckedReasons = ['line', 'date'] as const;

/** What a health code can be found to be. */
export const healthVerdicts = ['pass', 'abnormal', 'not-found', 'cannot-verify', 'not-checked'] as const;

export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'abnormal'; readonly status: AbnormalStatus }
  | { readonly verdict: 'not-found' }
  | { readonly verdict: 'cannot-verify'; readonly reason: CannotVerifyReason }
  | { readonly verdict: 'not-checked'; readonly reason: (typeof notCheckedReasons)[number] }
  /** The crew has looked at the phone; the reason is what the machine found. */
  | { readonly verdict: 'checked-by-hand'; readonly reason: LeftToTheCrew }
  | { readonly verdict: 'invalid'; readonly presented: PresentedAs; readonly reason: InvalidReason }
  | { readonly verdict: 'repeat' }
  /** Has got off, whatever the health code is now or the list says: that is the reason, for the crew. */
  | { readonly verdict: 'alighted'; readonly reason: (typeof healthVerdicts)[number] | 'denied' };

type HealthVerdict = Extract<Verdict, { verdict: (typeof healthVerdicts)[number] }>;

/** Whether this validator has just taken the same medium (repeat), or the same code at all (used). */
export type Seen = 'new' | 'repeat' | 'used';

/** Says that the crew has looked at the passenger's phone after an earlier tap. */
export interface Confirmation {
  readonly by: ConfirmedBy;
  /** The earlier tap's number in the journal. */
  readonly row: number;
  /** The earlier tap has taken the fare. */
  readonly isPaid: boolean;
  /** The earlier tap was the passenger's own: this one is for somebody with them. */
  readonly isCompanion?: boolean;
}

/** A crew card's token, 16 hex digits, or the kind of key that was pressed. */
export type ConfirmedBy = { readonly card: string } | 'key' | 'touch' | 'console';

export interface Decision {
  readonly verdict: Verdict;
  readonly phase: Phase;
  /** The passenger may ride as far as this validator is concerned, and what is due is taken. */
  readonly fareTaken: boolean;
  /** What is due at this tap, in fen; 0 when nothing is. */
  readonly fareFen: number;
  /** What the tap is to the ride; undefined where no fare is taken, and where the ride has begun with an earlier tap. */
  readonly ride?: TakenStep;
  /** An earlier tap of this ride has taken the fare, though this validator has told nobody. */
  readonly isPaidBefore?: boolean;
  /** What let it ride, besides what the machine knows. */
  readonly confirmation?: Confirmation;
  /** Of a card that holds too little: what is decided if it holds too little because it has paid for this ride already. */
  readonly ifPaidBefore?: Decision;
}

export type TakenStep = Exclude<RideStep, { step: 'again' }>;

export interface Situation {
  readonly medium: Medium;
  /** What this tap is to the medium's ride; a ride paid at boarding unless given. */
  readonly step?: RideStep | undefined;
  readonly seen: Seen;
  /** The crew's word on this medium; undefined where there is none, or none any more. */
  readonly confirmation?: Confirmation | undefined;
  readonly link: LinkLookup;
  readonly policy: Policy;
  readonly line: string;
  /** Unix milliseconds */
  readonly now: number;
  /** Whether the validator's clock is believed. */
  readonly timeKnown: boolean;
}

export function decide(situation: Situation): Decision {
  const { medium, policy, now, confirmation } = situation;
  const phase = phaseAt(policy, now);
  const step = stepOf(situation);
  const verdict = judge(situation, phase, step);
  if (!medium.accepted || step.step === 'again' || !takesFare(verdict, phase, policy)) {
    const refused = { verdict, phase, fareTaken: false, fareFen: 0 };
    return isTooLittle(verdict) ? { ...refused, ifPaidBefore: decide(withFullPurse(situation)) } : refused;
  }
  // One ride is paid once, although it takes two taps.
  if (confirmation?.isPaid && step.step !== 'off')
    return { verdict, phase, fareTaken: true, fareFen: 0, confirmation };
  const taken = { verdict, phase, fareTaken: true, fareFen: dueFen(step), ride: step };
  return { ...taken, ...(confirmation && { confirmation }) };
}

function isTooLittle(verdict: Verdict): boolean {
  return verdict.verdict === 'invalid' && verdict.reason === 'insufficient-balance';
}

function withFullPurse(situation: Situation): Situation {
  const { medium } = situation;
  return medium.accepted
    ? { ...situation, medium: { ...medium, medium: { ...medium.medium, balanceFen: undefined } } }
    : situation;
}

/** The card has paid for this ride already, with a tap that was torn or at the other door. */
export function paidBefore({ ride: _, ...decision }: Decision): Decision {
  return { ...decision, fareFen: 0, isPaidBefore: true };
}

/** The card cannot pay, so it does not ride. */
export function notPaid({ phase }: Decision, reason: PurchaseRefusal): Decision {
  const verdict: Verdict = { verdict: 'invalid', presented: 'card', reason };
  return { verdict, phase, fareTaken: false, fareFen: 0 };
}

function stepOf({ medium, step, confirmation, policy, now }: Situation): RideStep {
  const table = fareTableAt(policy.fare, now);
  const fareFen = medium.accepted ? boardingFareFen(medium.medium, table) : 0;
  const single: RideStep = { step: 'single', fareFen, owedFen: 0 };
  // The second tap of one ride is no repeat of the first.
  return step === undefined || (step.step === 'again' && confirmation !== undefined) ? single : step;
}

function dueFen(step: TakenStep): number {
  if (step.step === 'off') return step.fare.fareFen;
  return step.owedFen + (step.step === 'single' ? step.fareFen : 0);
}

function judge({ medium, seen, confirmation, ...rest }: Situation, phase: Phase, step: RideStep): Verdict {
  if (!medium.accepted) {
    return { verdict: 'invalid', presented: medium.presented, reason: medium.reason };
  }
  const presented = presentedAs(medium);
  // The second tap of one ride is no repeat of the first, and its code may be the same.
  if (confirmation === undefined) {
    if (seen === 'repeat' || step.step === 'again') return { verdict: 'repeat' };
  }
  // Getting off is never refused.
  if (step.step === 'off') {
    const reason = isDenied(rest.link) ? 'denied' : judgeHealth(rest, phase).verdict;
    return { verdict: 'alighted', reason };
  }
  if (confirmation === undefined) {
    if (seen === 'used') return { verdict: 'invalid', presented, reason: 'used' };
  }
  if (isDenied(rest.link)) return { verdict: 'invalid', presented, reason: 'denied' };
  const found = confirmation?.isCompanion ? notKnown : judgeHealth(rest, phase);
  const verdict = confirmation === undefined ? found : checkedByHand(found, rest);
  // An empty purse hides nothing for which no fare is taken: an abnormal code, and who pays at the second tap.
  const isDue = takesFare(verdict, phase, rest.policy) && confirmation?.isPaid !== true;
  const owedFen = 'owedFen' in step ? step.owedFen : 0;
  if (isDue && !canBoard(medium.medium, fareTableAt(rest.policy.fare, rest.now), owedFen)) {
    return { verdict: 'invalid', presented, reason: 'insufficient-balance' };
  }
  return verdict;
}

/**
 * Whether the medium is lost, cloned or in debt. That is no matter of health: it holds on every line, in every phase, whatever the
 * crew has confirmed, and however old the list is, because a lost card stays lost.
 */
export function isDenied(link: LinkLookup): boolean {
  return 'denied' in link && link.denied;
}

/** Nobody's health code is found by somebody else's medium. */
const notKnown: HealthVerdict = { verdict: 'not-found' };

/** What the machine knows by now may speak louder than what the crew has seen. */
function checkedByHand(found: Verdict, known: Known): Verdict {
  return isLeftToTheCrew(found) && mayBeConfirmed(found, known)
    ? { verdict: 'checked-by-hand', reason: found.verdict }
    : found;
}

type Known = Pick<Situation, 'link' | 'policy' | 'now'>;

/** Whether the crew may confirm a passenger with this verdict: the policy says so. */
export function mayBeConfirmed(found: Verdict, { link, policy, now }: Known): boolean {
  const { verdicts, abnormalOlderThanMin = Number.POSITIVE_INFINITY } = policy.crewCheck;
  if (found.verdict === 'abnormal') {
    return 'statusAsOf' in link && now - link.statusAsOf > abnormalOlderThanMin * 60_000;
  }
  return isLeftToTheCrew(found) && verdicts.includes(found.verdict);
}

export function isLeftToTheCrew(found: Verdict): found is Extract<Verdict, { verdict: LeftToTheCrew }> {
  return leftToTheCrew.some(verdict => verdict === found.verdict);
}

function judgeHealth(
  { link, policy, line, now, timeKnown }: Omit<Situation, 'medium' | 'step' | 'seen' | 'confirmation'>,
  phase: Phase,
): HealthVerdict {
  if (!policy.lines.includes(line)) return { verdict: 'not-checked', reason: 'line' };
  // Data from the future means that the clock is slow or wrong: then its date says nothing either.
  if (isFromTheFuture(link, now)) return { verdict: 'cannot-verify', reason: 'future-data' };
  if (!timeKnown || !Number.isFinite(now)) return { verdict: 'cannot-verify', reason: 'clock' };
  if (phase === 'before' || phase === 'registration') return { verdict: 'not-checked', reason: 'date' };
  return judgeLink(link, policy, now);
}

function judgeLink(link: LinkLookup, { freshness }: Policy, now: number): HealthVerdict {
  if ('unavailable' in link) return { verdict: 'cannot-verify', reason: 'no-data' };
  if (!isFresh(link.linksAsOf, freshness.linksMaxAgeS, now)) {
    return { verdict: 'cannot-verify', reason: 'stale-links' };
  }
  if (!link.found) return { verdict: 'not-found' };
  if (!isFresh(link.statusAsOf, freshness.statusMaxAgeS, now)) {
    return { verdict: 'cannot-verify', reason: 'stale-status' };
  }
  switch (link.status) {
    case 'green':
      return { verdict: 'pass' };
    case 'yellow':
    case 'red':
    case 'popup':
      return { verdict: 'abnormal', status: link.status };
    case 'unknown':
      return { verdict: 'cannot-verify', reason: 'unknown-status' };
  }
}

function isFromTheFuture(link: LinkLookup, now: number): boolean {
  if ('unavailable' in link) return false;
  return isAhead(link.linksAsOf, now) || (link.found && isAhead(link.statusAsOf, now));
}

function takesFare({ verdict }: Verdict, phase: Phase, { crewCheck, fare }: Policy): boolean {
  switch (verdict) {
    case 'pass':
    case 'checked-by-hand':
    case 'cannot-verify':
    case 'not-checked':
    case 'alighted':
      return true;
    case 'not-found':
      return phase === 'trial' || crewCheck.notFoundPays === 'at-once';
    case 'abnormal':
      return phase === 'trial' || fare.abnormalPays;
    default:
      return false;
  }
}
