/** What a tester does to the feed: the pilot's phase, the health-code source, the network, how old the data is. */
import type { BackOffice } from '../../backoffice/backoffice.ts';
import { noFaults, type SourceFaults } from '../../backoffice/health/simulated-source.ts';
import type { Delivery } from './delivery.ts';
import { dayMs, type PilotMoment, type TrustAndPolicy } from './trust-and-policy.ts';

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
  /** @returns the version with the new policy */
  setPhase(moment: PilotMoment): Promise<number>;
  /** @returns the version; undefined where nothing is published */
  setData(state: DataState): Promise<number | undefined>;
  setSource(state: SourceState): void;
  /** Whether the validators reach the feed. */
  setNetwork(isUp: boolean): void;
}

export function createPublication(
  office: BackOffice,
  trust: TrustAndPolicy,
  delivery: Delivery,
): Publication {
  const { source, store, publishing } = office.parts;

  async function publish(): Promise<number> {
    const { version } = await publishing.now();
    return delivery.arrived(version);
  }

  return {
    publish,
    async setPhase(moment) {
      const policyArrived = moment === trust.phase ? undefined : delivery.policyArrived();
      trust.setPhase(moment, Date.now());
      const version = await publish();
      await policyArrived;
      return version;
    },
    async setData(state) {
      if (state === 'missing') {
        await delivery.loseLinks();
        return undefined;
      }
      delivery.setNetwork(true);
      const isStale = state === 'stale';
      source.setFaults(isStale ? sourceStates.failing : noFaults);
      await store.health.sourceAnswered(Date.now() - (isStale ? 2 * dayMs : 0));
      return publish();
    },
    setSource: state => source.setFaults(sourceStates[state]),
    setNetwork: delivery.setNetwork,
  };
}
