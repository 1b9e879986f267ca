/** The rules of the verdict table: the outcome of one presentation where all facts are known. */
import type { Status } from '../../device/core/check.ts';
import type { Phase } from '../../device/core/phase.ts';

/** What is presented, as far as the rules care. */
export type PresentedMedium =
  | {
      readonly is: 'taken';
      readonly discount: keyof typeof payPercent;
      readonly balanceFen?: number;
      /** The card leaves when it is to pay. */
      readonly isTorn?: boolean;
    }
  | { readonly is: 'refused'; readonly reason: string }
  /** A card that is taken away before it is read. */
  | { readonly is: 'lost' };

export type RideFacts =
  /** Paid at boarding, with what an earlier ride owes. */
  | { readonly is: 'single'; readonly owedFen: number }
  /** Paid at boarding, at the other door or by a tap that was torn. */
  | { readonly is: 'paid' }
  | { readonly is: 'on' }
  /** What the ride costs without a discount. */
  | { readonly is: 'off'; readonly fullFen: number }
  | { readonly is: 'again' };

export interface Facts {
  readonly medium: PresentedMedium;
  /** Its ride was taken here within the last five seconds. */
  readonly isRepeat: boolean;
  /** Whether the line is one of the pilot's. */
  readonly isPilotLine: boolean;
  readonly phase: Phase;
  /** The age of the validator's data. Statuses that are too old matter only to those who are linked. */
  readonly data: 'fresh' | 'stale-links' | 'stale-status' | 'none';
  readonly health: Status | 'none';
  /** The medium is on the list that the validator holds. */
  readonly isDenied: boolean;
  /** What this tap is to the medium's ride. */
  readonly ride: RideFacts;
  /** Whether the validator's PSAM serves purchases. */
  readonly psam: 'works' | 'fails';
}

export interface Outcome {
  /** `card-lost` is no verdict: it is not journaled. */
  readonly verdict: string;
  /** The reason of a refusal, or the status of an abnormal code. */
  readonly why?: string;
  readonly fareTaken: boolean;
  readonly fareFen: number;
  /** Undefined where the ride is paid at boarding. */
  readonly step?: 'on' | 'off';
  /** An earlier tap of this ride has paid. */
  readonly isPaidBefore?: boolean;
  /** The purse did not hold the fare at getting off. */
  readonly isShort?: boolean;
}

export type Rules = (facts: Facts) => Outcome;

const baseFen = 200;
const leastOnPurseFen = 100;
/** The part of the base fare that each kind pays. */
export const payPercent = { code: 50, ordinary: 50, student: 25, senior: 0, test: 50, military: 50 } as const;

export const usualRules: Rules = facts => {
  const { medium, isRepeat, phase, ride } = facts;
  if (medium.is === 'lost') return refused('card-lost');
  if (medium.is === 'refused') return refused('invalid', medium.reason);
  if (isRepeat || ride.is === 'again') return refused('repeat');
  if (ride.is === 'off') return alighted(facts, medium, ride.fullFen);
  if (facts.isDenied) return refused('invalid', 'denied');
  const health = byHealth(facts);
  const isFree = payPercent[medium.discount] === 0;
  const owedFen = ride.is === 'single' ? ride.owedFen : 0;
  const fareFen = (ride.is === 'single' ? discounted(baseFen, medium) : 0) + owedFen;
  if (health.verdict === 'abnormal' && phase !== 'trial') return refused('abnormal', health.why);
  const leastFen = (isFree ? 0 : leastOnPurseFen) + owedFen;
  if (medium.balanceFen !== undefined && medium.balanceFen < leastFen) {
    return refused('invalid', 'insufficient-balance');
  }
  const takesPart = medium.balanceFen !== undefined && (ride.is !== 'single' || fareFen > 0);
  // Without its PSAM a validator does not ask the card's log either.
  if (takesPart && facts.psam === 'fails') return refused('invalid', 'psam');
  if (ride.is === 'paid') return { ...health, fareTaken: true, fareFen: 0, isPaidBefore: true };
  if (takesPart && medium.isTorn) return refused('card-lost');
  return { ...health, fareTaken: true, fareFen, ...(ride.is === 'on' && { step: 'on' as const }) };
};

type TakenMedium = Extract<PresentedMedium, { is: 'taken' }>;

/** Whatever the health code, and whatever list the medium is on. */
function alighted(facts: Facts, medium: TakenMedium, fullFen: number): Outcome {
  const why = facts.isDenied ? 'denied' : byHealth(facts).verdict;
  const off = { verdict: 'alighted', why, fareTaken: true, step: 'off' } as const;
  const { balanceFen } = medium;
  // A code is charged afterwards.
  if (balanceFen === undefined) return { ...off, fareFen: 0 };
  if (facts.psam === 'fails') return { ...off, fareFen: 0 };
  if (medium.isTorn) return refused('card-lost');
  const fareFen = discounted(fullFen, medium);
  return { ...off, fareFen, ...(balanceFen < fareFen && { isShort: true }) };
}

function discounted(fullFen: number, { discount }: TakenMedium): number {
  return (fullFen * payPercent[discount]) / 100;
}

function refused(verdict: string, why?: string): Outcome {
  return { verdict, ...(why !== undefined && { why }), fareTaken: false, fareFen: 0 };
}

type Health = Pick<Outcome, 'verdict' | 'why'>;

function byHealth({ isPilotLine, phase, data, health }: Facts): Health {
  if (!isPilotLine) return { verdict: 'not-checked', why: 'line' };
  if (phase === 'before' || phase === 'registration') return { verdict: 'not-checked', why: 'date' };
  if (data === 'none') return { verdict: 'cannot-verify', why: 'no-data' };
  if (data === 'stale-links' || (data === 'stale-status' && health !== 'none')) {
    return { verdict: 'cannot-verify', why: data };
  }
  return byStatus[health];
}

const byStatus: Readonly<Record<Facts['health'], Health>> = {
  green: { verdict: 'pass' },
  yellow: { verdict: 'abnormal', why: 'yellow' },
  red: { verdict: 'abnormal', why: 'red' },
  popup: { verdict: 'abnormal', why: 'popup' },
  unknown: { verdict: 'cannot-verify', why: 'unknown-status' },
  none: { verdict: 'not-found' },
};
