/** What one validator's log has told so far: the version of its data, whether it is up, and which of its parts work. */
import type { LogLine } from '../bus/firmware-process.ts';

/** What it has told of the data it holds, with the version. */
export interface HeldData {
  readonly holds: 'none' | 'fresh' | 'stale-links' | 'stale-status';
  /** The last version it had, where it holds no data now. */
  readonly version: number;
  /** When it told. */
  readonly heardAt: number;
}

export interface ValidatorLog {
  hear(line: LogLine): void;
  /** Its power is cut now. */
  cutPower(): void;
  readonly data: HeldData;
  /** Since when it has been ready; undefined while it is not. */
  readonly upSince: number | undefined;
  /** Whether it was ready then, and still is. */
  isUpSince(moment: number): boolean;
  /** By name. */
  readonly parts: ReadonlyMap<string, PartHeard>;
}

export interface PartHeard {
  readonly works: boolean;
  /** When it began to work, or not to. */
  readonly since: number;
  readonly problem: string;
}

/** The policy's limits. */
const linksMaxAgeMs = 86_400_000;
const statusMaxAgeMs = 3_600_000;

export function createValidatorLog(): ValidatorLog {
  const parts = new Map<string, PartHeard>();
  let data: HeldData = { holds: 'none', version: 0, heardAt: 0 };
  let upSince: number | undefined;

  function dataOf({ usable, version, linksAsOf, statusAsOf }: LogLine, heardAt: number): HeldData {
    if (usable !== true) return { holds: 'none', version: data.version, heardAt };
    const isOlder = (asOf: unknown, limitMs: number) => heardAt - Number(asOf) > limitMs;
    const age = isOlder(statusAsOf, statusMaxAgeMs) ? 'stale-status' : 'fresh';
    const holds = isOlder(linksAsOf, linksMaxAgeMs) ? 'stale-links' : age;
    return { holds, version: Number(version), heardAt };
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
    get upSince() {
      return upSince;
    },
    isUpSince: moment => upSince !== undefined && upSince <= moment,
    parts,
  };
}
