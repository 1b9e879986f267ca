/** What a tester does to the feed: the pilot's phase and rules, the health-code source, the network, how old the data is. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { BackOffice } from '../../backoffice/backoffice.ts';
import { noFaults, type SourceFaults } from '../../backoffice/health/simulated-source.ts';
import type { Delivery } from './delivery.ts';
import { dayMs, type PilotMoment, type PolicyRules, type TrustAndPolicy } from './trust-and-policy.ts';

/** How the health-code source answers. */
export const sourceStates = {
  ok: noFaults,
  failing: { ...noFaults, failing: 1 },
  slow: { ...noFaults, slowMs: 60_000 },
  contradicting: { ...noFaults, contradicting: true },
} as const satisfies Readonly<Record<string, SourceFaults>>;
export type SourceState = keyof typeof sourceStates;

/** What the validators hold: what is published now, the same as of two days ago, or nothing and no network. */
export const dataStates = ['fresh', 'stale', 'missing'] as const;
export type DataState = (typeof dataStates)[number];

/** A version is resolved to once the validators have it, or have had time enough. */
export interface Publication {
  /** @returns the version */
  publish(): Promise<number>;
  /** What a command has changed; nothing while publishing is off. @returns the last version */
  publishChange(): Promise<number>;
  /** Whether changes are published by themselves; the tester publishes all the same. */
  setPublishing(isOn: boolean): void;
  readonly isPublishing: boolean;
  /** @returns the version with the new policy */
  setPhase(moment: PilotMoment): Promise<number>;
  /** What is left out stays, also of freshness limits and of the crew's check. @returns as `setPhase` */
  setRules(rules: RuleChanges): Promise<number>;
  /** @returns the version; undefined where nothing is published */
  setData(state: DataState): Promise<number | undefined>;
  setSource(state: SourceState): void;
  /** Whether the validators reach the feed. */
  setNetwork(isUp: boolean): void;
}

export interface RuleChanges extends Pick<PolicyRules, 'lines' | 'repeatWindowS'> {
  readonly freshness?: Partial<TrustAndPolicy['freshness']>;
  readonly crewCheck?: Partial<TrustAndPolicy['crewCheck']>;
}

export function createPublication(
  office: BackOffice,
  trust: TrustAndPolicy,
  delivery: Delivery,
  now: () => number,
): Publication {
  const { source, store, publishing } = office.parts;
  let isPublishing = true;
  let isPolicyNew = false;

  async function publish(): Promise<number> {
    const policyArrived = isPolicyNew ? delivery.policyArrived() : undefined;
    isPolicyNew = false;
    const { version } = await publishing.now();
    await delivery.arrived(version);
    await policyArrived;
    return version;
  }

  async function publishChange(): Promise<number> {
    return isPublishing ? publish() : (publishing.last?.version ?? 0);
  }

  function publishPolicy(isNew: boolean): Promise<number> {
    isPolicyNew ||= isNew;
    return publishChange();
  }

  return {
    publish,
    publishChange,
    setPublishing(isOn) {
      isPublishing = isOn;
      publishing.hold(!isOn);
    },
    get isPublishing() {
      return isPublishing;
    },
    setPhase: moment => publishPolicy(trust.setPhase(moment, now())),
    setRules: ({ freshness, crewCheck, ...rules }) =>
      publishPolicy(
        trust.setRules({
          ...rules,
          ...(freshness && { freshness: { ...trust.freshness, ...freshness } }),
          ...(crewCheck && { crewCheck: { ...trust.crewCheck, ...crewCheck } }),
        }),
      ),
    async setData(state) {
      if (state === 'missing') {
        await delivery.loseLinks();
        return undefined;
      }
      if (!isPublishing) throw new WrongUsage(`data ${state} publishes, and publishing is off`);
      delivery.setNetwork(true);
      const isStale = state === 'stale';
      source.setFaults(isStale ? sourceStates.failing : noFaults);
      await store.health.sourceAnswered(now() - (isStale ? 2 * dayMs : 0));
      return publish();
    },
    setSource: state => source.setFaults(sourceStates[state]),
    setNetwork: delivery.setNetwork,
  };
}
