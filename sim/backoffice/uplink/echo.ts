/**
 * What the back office says where it listens to validators, to hear whether the broker brings anything: a node of a cluster that was cut off
 * may confirm what is said to it, keep the connection, and never bring anything again.
 */
import { officeName } from '../../../sync/uplink/topics.ts';

export interface Echo {
  /** @returns whether it was ours, and nothing of a validator's */
  hear(topic: string, payload: Buffer): boolean;
  /** @param confirm resolves when the broker has confirmed it; it rejects when the connection is gone */
  ask(confirm: (topic: string, payload: Buffer) => Promise<void>): void;
  /** It was brought before, and is not any more. Where the broker never brings it, nothing is known. */
  readonly isDeaf: boolean;
}

/** Something may be lost with a node that comes or goes. */
const silentRounds = 3;

/**
 * @param filters of `upTopics`: each is a subscription of its own, and may end alone
 * @param name no other client's
 * @param known topics that have been heard since the start
 */
export function createEcho(filters: readonly string[], name: string, known: Set<string>): Echo {
  const topics = filters.map(
    filter => `${filter.slice(0, -'/+/+'.length).replace('+', '0')}/${officeName}/echo`,
  );
  const silences = new Map<string, number>();
  return {
    hear(topic, payload) {
      if (!topics.includes(topic)) return false;
      // Another intake may share the shard.
      if (payload.toString() === name) {
        known.add(topic);
        silences.delete(topic);
      }
      return true;
    },
    ask(confirm) {
      for (const topic of topics)
        confirm(topic, Buffer.from(name)).then(
          () => silences.set(topic, (silences.get(topic) ?? 0) + 1),
          () => undefined,
        );
    },
    get isDeaf() {
      return [...silences].some(([topic, rounds]) => known.has(topic) && rounds > silentRounds);
    },
  };
}
