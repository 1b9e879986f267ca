/** What a row of the table of prompts may ask for, besides the verdict. */
import { cannotVerifyReasons, healthVerdicts, notCheckedReasons, statuses } from './check.ts';
import { leftToTheCrew } from './left-to-the-crew.ts';
import { cardRefusals, codeRefusals } from './medium.ts';
import type { Phase } from './phase.ts';
import type { Occasion, OccasionName, VoiceRow } from './prompt-table.ts';
import { purchaseRefusals } from './purchase/outcome.ts';

const cannotVerifyWhileChecking = ['no-data', 'stale-links', 'stale-status', 'unknown-status'] as const;

const isOf =
  <T extends string>(reasons: readonly T[]) =>
  (reason: string): reason is T =>
    reasons.some(each => each === reason);
const isCardRefusal = isOf(cardRefusals);
const isCodeRefusal = isOf(codeRefusals);
/** Only a card has a purse. */
const refusedAsCard = [
  ...cardRefusals.filter(reason => !isCodeRefusal(reason)),
  ...purchaseRefusals.filter(reason => !isCardRefusal(reason)),
] as const;
/** The list of denied media has cards and codes. */
const refusedAsEither = [...codeRefusals.filter(isCardRefusal), 'denied'] as const;
const refusedAsCode = codeRefusals.filter(reason => !isCardRefusal(reason));

export const reasonsOf = {
  pass: [],
  abnormal: statuses.filter(status => status !== 'unknown' && status !== 'green'),
  'not-found': [],
  'cannot-verify': cannotVerifyReasons,
  'not-checked': notCheckedReasons,
  'checked-by-hand': leftToTheCrew,
  invalid: [...refusedAsEither, ...refusedAsCard, ...refusedAsCode],
  repeat: [],
  alighted: [...healthVerdicts, 'denied'],
  'present-again': [],
  'out-of-service': [],
  confirmed: leftToTheCrew,
} satisfies Record<OccasionName, readonly string[]>;

type Reason = (typeof reasonsOf)[OccasionName][number];

/** The phases in which an occasion is possible, and the media; any, if left out. */
interface Bounds {
  readonly phase?: readonly Phase[];
  readonly medium?: readonly Occasion['medium'][];
}

const whileChecking: Bounds = { phase: ['trial', 'enforced'] };

const bounds: Readonly<Partial<Record<OccasionName | Reason, Bounds>>> = {
  pass: whileChecking,
  abnormal: whileChecking,
  'not-found': whileChecking,
  ...each(cannotVerifyWhileChecking, whileChecking),
  date: { phase: ['before', 'registration'] },
  ...each(refusedAsCard, { medium: ['card'] }),
  ...each(refusedAsCode, { medium: ['code'] }),
  // The card is gone before anything is decided, so it is no phase's.
  'present-again': { phase: [], medium: ['card'] },
  // The crew's key is no tap.
  confirmed: { phase: [] },
};

/** @returns why no occasion can ever fit a row whose reason is one of its occasion's: what it asks for, and what there is instead */
export function misfitOf(
  row: Pick<VoiceRow, 'occasion' | 'reason' | 'phase' | 'medium'>,
): { readonly key: 'phase' | 'medium'; readonly possible: readonly string[] } | undefined {
  for (const name of [row.occasion, row.reason]) {
    for (const key of ['phase', 'medium'] as const) {
      const possible: readonly string[] | undefined = bounds[name as OccasionName | Reason]?.[key];
      const wanted = row[key];
      if (wanted !== undefined && possible?.includes(wanted) === false) return { key, possible };
    }
  }
  return undefined;
}

/** Whether the first row fits whenever the second does. */
export function covers(first: VoiceRow, second: VoiceRow): boolean {
  return (
    first.occasion === second.occasion &&
    first.audience === second.audience &&
    (['reason', 'phase', 'medium'] as const).every(
      key => first[key] === undefined || first[key] === second[key],
    )
  );
}

function each<K extends string>(names: readonly K[], value: Bounds): Partial<Record<K, Bounds>> {
  return Object.fromEntries(names.map(name => [name, value])) as Partial<Record<K, Bounds>>;
}
