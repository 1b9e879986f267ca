/** When a validator says anew how it is: at once when something has changed, and now and then although nothing has. */
import type { UplinkFacts } from '../../device/ports.ts';
import type { Bodies } from './messages.ts';

export interface StatusReports {
  /** Another connection: whoever listens may know nothing yet. */
  beginAnew(): void;
  /** @returns what is to be said now; undefined for nothing */
  due(facts: UplinkFacts, queue: number, connection: number): Bodies['status'] | undefined;
}

const againMs = 5 * 60_000;
const [mostTerse, mostVerbose] = [200, 4000];

/** @param now milliseconds, for ages. @param clock Unix milliseconds */
export function statusReports(now = () => performance.now(), clock = Date.now): StatusReports {
  let last: { readonly what: string; readonly at: number } | undefined;
  return {
    beginAnew() {
      last = undefined;
    },
    due(facts, queue, connection) {
      const { epoch, lastSeq, terse, verbose, ...others } = facts;
      const [short, whole] = [terse.slice(0, mostTerse), verbose.slice(0, mostVerbose)];
      const what = JSON.stringify([facts.ready, short, whole, facts.feedVersion, queue > 0]);
      if (last?.what === what && now() - last.at < againMs) return undefined;
      last = { what, at: now() };
      return { connection, at: clock(), ...others, terse: short, verbose: whole, queue };
    },
  };
}
