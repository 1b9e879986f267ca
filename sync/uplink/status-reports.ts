/** When a validator says anew how it is: at each stop, at once when something has changed, and now and then although nothing has. */
import type { UplinkFacts } from '../../device/data-ports.ts';
import type { Bodies } from './messages.ts';

export interface StatusReports {
  /** Another connection: whoever listens may know nothing yet. */
  beginAnew(): void;
  /** @returns what is to be said now; undefined for nothing */
  due(facts: UplinkFacts, queue: number, connection: number): Bodies['status'] | undefined;
}

export const statusAgainMs = 5 * 60_000;
const [mostTerse, mostVerbose, mostFaults, mostOfFault] = [200, 4000, 64, 100];

/** @param now milliseconds, for ages. @param clock Unix milliseconds */
export function statusReports(now = () => performance.now(), clock = Date.now): StatusReports {
  /** That the bus has left a stop says nothing that the next one does not. */
  let lastStop: string | null = null;
  let number = 0;
  let last: { readonly what: string; readonly at: number } | undefined;
  return {
    beginAnew() {
      last = undefined;
    },
    due(facts, queue, connection) {
      const { epoch, lastSeq, terse, verbose, faults, ...others } = facts;
      lastStop = facts.stop ?? lastStop;
      const [short, whole] = [terse.slice(0, mostTerse), verbose.slice(0, mostVerbose)];
      const { ready, feedVersion, dataProblem, doors } = facts;
      const what = JSON.stringify([
        ready,
        short,
        whole,
        feedVersion,
        dataProblem,
        lastStop,
        doors,
        queue > 0,
      ]);
      if (last?.what === what && now() - last.at < statusAgainMs) return undefined;
      last = { what, at: now() };
      const parts = faults.slice(0, mostFaults).map(part => part.slice(0, mostOfFault));
      const told = { ...others, terse: short, verbose: whole, faults: parts, queue };
      return { connection, number: number++, at: clock(), ...told };
    },
  };
}
