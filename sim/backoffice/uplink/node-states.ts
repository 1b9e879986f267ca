/** How the nodes of the broker's cluster are, in a file for whoever asks, in the log, and as what an operator has to do. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import type { NodeState } from './node-probes.ts';
import { uplinkPlaces } from './office-keys.ts';

const node = z.strictObject({ url: z.string(), problem: z.string().optional(), deafTo: z.array(z.string()) });
const schema = z.strictObject({ at: z.number(), nodes: z.array(node) });

export interface NodesTold {
  /** Unix milliseconds: since when it is so. */
  readonly at: number;
  readonly nodes: readonly NodeState[];
  /** What somebody has to do; undefined for nothing. */
  readonly todo: string | undefined;
}

/** @returns to be called with each change */
export function noteNodes(dir: string, log: Log, now: () => number): (nodes: readonly NodeState[]) => void {
  let before: string | undefined;
  return nodes => {
    const todo = todoOf(nodes);
    if (todo !== before) {
      if (todo === undefined) log.info('broker-nodes-well', { nodes: nodes.length });
      else log.error(isSplit(nodes) ? 'broker-nodes-split' : 'broker-nodes-away', { todo });
    }
    before = todo;
    try {
      writeDurably(uplinkPlaces(dir).nodes, `${JSON.stringify({ at: now(), nodes })}\n`);
    } catch (error) {
      log.error('broker-nodes-not-noted', { problem: messageOf(error) });
    }
  };
}

/** @throws WrongUsage where nobody has noted it: the back office has one broker, or has never run */
export function readNodes(dir: string): NodesTold {
  const path = uplinkPlaces(dir).nodes;
  if (!existsSync(path)) throw new WrongUsage(`${path} is not there: this back office has had no cluster`);
  try {
    const { at, nodes } = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const all = nodes.map(({ url, problem, deafTo }) => ({ url, problem, deafTo }));
    return { at, nodes: all, todo: todoOf(all) };
  } catch {
    throw new WrongUsage(`${path} cannot be read`);
  }
}

function isSplit(nodes: readonly NodeState[]): boolean {
  return nodes.some(({ deafTo }) => deafTo.length > 0);
}

function todoOf(nodes: readonly NodeState[]): string | undefined {
  const away = nodes.flatMap(({ url, problem }) => (problem === undefined ? [] : [`${url}: ${problem}`]));
  if (isSplit(nodes)) {
    const parts = partsOf(nodes).map(part => part.join(' and '));
    return `The cluster is in parts: ${parts.join('; ')}. Mend the network, then start the nodes of all parts but one anew`;
  }
  return away.length === 0 ? undefined : `Start what is away, or mend the way to it: ${away.join('; ')}`;
}

/** The largest first. */
function partsOf(nodes: readonly NodeState[]): readonly (readonly string[])[] {
  const parts = new Map<string, string[]>();
  for (const { url, problem, deafTo } of nodes) {
    if (problem !== undefined) continue;
    const key = [...deafTo].sort().join();
    parts.set(key, [...(parts.get(key) ?? []), url]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length);
}
