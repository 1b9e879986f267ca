/**
 * Whether the nodes of a broker's cluster are one: now and then something is said through each, and has to be heard through all. A
 * cluster that was cut goes on in both parts, each as if it were the whole, and not every broker tells.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../device/kit/errors.ts';
import { unlessAborted } from '../../../device/kit/time.ts';
import { type BrokerAddresses, urlsOf } from '../../../sync/uplink/brokers.ts';
import { type BrokerAddress, type Connection, connectBroker } from '../../../sync/uplink/connection.ts';
import { probeTopic } from '../../../sync/uplink/topics.ts';

export interface NodeState {
  readonly url: string;
  /** Why there is no connection to it; undefined while there is one. */
  readonly problem: string | undefined;
  /** Connected nodes of which it hears nothing. */
  readonly deafTo: readonly string[];
}

export interface NodeProbes {
  state(): readonly NodeState[];
  close(): Promise<void>;
}

/** So long something may take from one node to another. */
const usualRoundMs = 10_000;
/** Something may be lost with a node that comes or goes. */
const silentRounds = 2;

/** @param changed called after each change of the state */
export function probeNodes(
  { url, ...known }: BrokerAddresses,
  changed: (nodes: readonly NodeState[]) => void,
  roundMs = usualRoundMs,
): NodeProbes {
  const stop = new AbortController();
  const run = `office-${randomBytes(6).toString('hex')}`;
  const nodes = urlsOf(url).map((one, i) =>
    createNode({ ...known, url: one }, `${run}-${i}`, roundMs, stop.signal),
  );
  let told = '';

  function state(): readonly NodeState[] {
    return nodes.map(node => ({
      url: node.url,
      problem: node.problem(),
      deafTo: nodes.filter(({ name }) => node.silences(name) >= silentRounds).map(other => other.url),
    }));
  }

  async function probe(): Promise<void> {
    while (!stop.signal.aborted) {
      const said = await Promise.all(nodes.map(node => node.say()));
      await delay(roundMs, undefined, { signal: stop.signal });
      const names = nodes.filter((_, i) => said[i]).map(({ name }) => name);
      for (const node of nodes) node.endRound(names);
      const now = JSON.stringify(state());
      if (now !== told) changed(state());
      told = now;
    }
  }

  const running = [probe(), ...nodes.map(node => node.running)];
  return {
    state,
    async close() {
      stop.abort();
      await Promise.allSettled(running);
    },
  };
}

function createNode(address: BrokerAddress, name: string, roundMs: number, signal: AbortSignal) {
  let connection: Connection | undefined;
  let problem: string | undefined = 'not yet connected';
  /** Those that it has been connected with since the round began. */
  let heard: Set<string> | undefined;
  const silences = new Map<string, number>();

  async function stayConnected(): Promise<void> {
    while (!signal.aborted) {
      try {
        const hear = (_: string, payload: Buffer) => void heard?.add(payload.toString());
        connection = await connectBroker(address, { clientId: name, topics: [probeTopic], hear });
        problem = undefined;
        await unlessAborted(unlessAborted(new Promise(() => {}), connection.gone), signal);
      } catch (error) {
        problem = messageOf(error);
      }
      heard = undefined;
      await connection?.close();
      connection = undefined;
      await delay(roundMs / 2, undefined, { signal }).catch(() => {});
    }
  }

  return {
    name,
    url: address.url,
    running: stayConnected(),
    problem: () => problem,
    silences: (of: string) => silences.get(of) ?? 0,
    /** Begins a round. @returns whether it was said */
    async say(): Promise<boolean> {
      heard = connection && new Set();
      return (
        connection?.publish(probeTopic, Buffer.from(name)).then(
          () => true,
          () => false,
        ) ?? false
      );
    },
    /** @param said the names of those that have said something in it */
    endRound(said: readonly string[]): void {
      for (const known of silences.keys()) if (!said.includes(known)) silences.delete(known);
      for (const each of said) {
        const isSilent = heard !== undefined && !heard.has(each);
        silences.set(each, isSilent ? (silences.get(each) ?? 0) + 1 : 0);
      }
    },
  };
}
