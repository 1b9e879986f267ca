/** What is wrong with the validator: the cause before what it makes fail, since when, and what to do about it. */
import { type AlarmCode, alarmOf } from '../alarms/alarms.ts';
import type { PartKind } from '../core/service-screen.ts';
import type { ConsoleContext, Looked } from './context.ts';
import type { Texts } from './language.ts';
import { remedyFor, whatIsWrong } from './remedies.ts';

export interface Fault {
  readonly kind: PartKind;
  readonly name: string;
  readonly alarm: AlarmCode;
  readonly what: string;
  /** On the monotonic clock. */
  readonly since: number;
  /** One sentence in words that somebody on the bus can act on. */
  readonly remedy: Texts;
}

/** The worst first. */
export const severity: readonly PartKind[] = [
  'journal',
  'journal-rows',
  'journal-space',
  'card-reader',
  'psam',
  'code-reader',
  'decoder',
  'links',
  'feed',
  'feed-expiry',
  'uplink',
  'bus-link',
  'clock',
  'gnss',
  'display',
  'speaker',
  'crew-key',
  'door-contact',
  'firmware',
  'console',
  'metrics',
];

/** What each of these makes fail, directly or through another. */
const effects: Partial<Record<PartKind, readonly PartKind[]>> = {
  clock: ['feed', 'links'],
  feed: ['links'],
};

/** A part that does not work, in whatever words it has itself. */
interface Broken {
  readonly kind: PartKind;
  readonly name: string;
  readonly problem: string;
  readonly since: number;
}

export function faultsOf(context: Looked): Fault[] {
  const broken = withSilentFeed(context);
  const ranks = new Map(broken.map(({ kind }) => [kind, rankOf(kind, broken)]));
  const rank = ({ kind }: Broken) => ranks.get(kind) ?? 0;
  const before = (a: Broken, b: Broken) => (effects[a.kind]?.includes(b.kind) ? -1 : 0);
  return broken
    .sort((a, b) => rank(a) - rank(b) || before(a, b) - before(b, a))
    .map(({ kind, name, problem, since }) => {
      const alarm = alarmOf(kind, problem);
      const what = whatIsWrong(kind, problem, context);
      return { kind, name, since, alarm, what, remedy: remedyFor(kind, alarm, context) };
    });
}

/** A cause is as bad as the worst that it makes fail. */
function rankOf(kind: PartKind, broken: readonly Broken[]): number {
  const failing = (effects[kind] ?? []).filter(effect => broken.some(other => other.kind === effect));
  return Math.min(...[kind, ...failing].map(each => severity.indexOf(each)));
}

/** A feed that is away for less than five minutes is no fault, but where the links are at fault it is why. */
function withSilentFeed({ parts, feed }: Looked): Broken[] {
  const broken = parts.list().flatMap(({ kind, name, working, problem = '', since }) => {
    return working ? [] : [{ kind, name, problem, since: sinceOf({ kind, since }, feed) }];
  });
  const problem = feed?.state().problem;
  const isTold = broken.some(({ kind }) => kind === 'feed');
  if (problem === undefined || isTold || !broken.some(({ kind }) => kind === 'links')) return broken;
  return [...broken, { kind: 'feed', name: 'feed', problem: problem.text, since: problem.since }];
}

/** The feed is told as a fault some minutes after it failed. */
export function sinceOf(
  { kind, since }: { readonly kind: PartKind; readonly since: number },
  feed: ConsoleContext['feed'],
): number {
  return kind === 'feed' ? (feed?.state().problem?.since ?? since) : since;
}
