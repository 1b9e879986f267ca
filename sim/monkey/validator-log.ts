/** What one validator's log has told so far: which data it holds, whether it is up, which of its parts work. */
import type { Phase } from '../../device/core/policy.ts';
import type { LogLine } from '../bus/firmware-process.ts';

/** `since`: the time the data is of, put right for data that was published as older than it is; `heardAt`: of the line. */
export type HeldData =
  | { readonly holds: 'none'; readonly heardAt: number }
  | { readonly holds: 'fresh' | 'stale'; readonly since: number; readonly heardAt: number };

export interface HeldPhase {
  readonly phase: Phase;
  readonly heardAt: number;
}

export interface ValidatorLog {
  hear(line: LogLine): void;
  /** Its power is cut now. */
  cutPower(): void;
  readonly data: HeldData;
  /** Undefined while it has told of none other than the one it began with. */
  readonly phase: HeldPhase | undefined;
  /** Since when it has been ready; undefined while it is not. */
  readonly upSince: number | undefined;
  /** By name; when it began to be as it is. */
  readonly parts: ReadonlyMap<string, PartHeard>;
}

export interface PartHeard {
  readonly works: boolean;
  readonly since: number;
  readonly problem: string;
}

/** `data stale` publishes as of two days ago. */
const staleByMs = 2 * 86_400_000;
const muchMs = 86_400_000;

export function createValidatorLog(): ValidatorLog {
  const parts = new Map<string, PartHeard>();
  let data: HeldData = { holds: 'none', heardAt: 0 };
  let phase: HeldPhase | undefined;
  let upSince: number | undefined;

  function dataOf({ usable, linksAsOf, statusAsOf }: LogLine, heardAt: number): HeldData {
    if (usable !== true) return { holds: 'none', heardAt };
    const asOf = Math.min(Number(linksAsOf), Number(statusAsOf));
    return heardAt - asOf > muchMs
      ? { holds: 'stale', since: asOf + staleByMs, heardAt }
      : { holds: 'fresh', since: asOf, heardAt };
  }

  function cutPower(): void {
    upSince = undefined;
    parts.clear();
  }

  return {
    hear(line) {
      const at = typeof line.time === 'string' ? Date.parse(line.time) : Date.now();
      const name = String(line.name);
      if (line.event === 'links') data = dataOf(line, at);
      else if (line.event === 'policy') phase = { phase: phaseOf(line, at), heardAt: at };
      else if (line.event === 'ready') upSince = at;
      else if (line.event === 'part-ready') parts.set(name, { works: true, since: at, problem: '' });
      else if (line.event === 'part-fault') {
        const before = parts.get(name);
        const since = before?.works === false ? before.since : at;
        parts.set(name, { works: false, since, problem: String(line.problem) });
      } else if (line.event === 'exit') cutPower();
    },
    cutPower,
    get data() {
      return data;
    },
    get phase() {
      return phase;
    },
    get upSince() {
      return upSince;
    },
    parts,
  };
}

function phaseOf({ registrationFrom, trialFrom, enforcedFrom }: LogLine, now: number): Phase {
  const hasBegun = (from: unknown) => Date.parse(String(from)) <= now;
  if (hasBegun(enforcedFrom)) return 'enforced';
  if (hasBegun(trialFrom)) return 'trial';
  return hasBegun(registrationFrom) ? 'registration' : 'before';
}
