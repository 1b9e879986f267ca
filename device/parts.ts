/** The parts of the validator and which of them work: what displays, log and console tell of faults. */
import type { PartKind, PartState } from './core/service-screen.ts';
import type { DeviceError } from './errors.ts';
import type { Log } from './log.ts';
import type { Clock, DeviceEvents } from './ports.ts';

export interface PartStatus extends PartState {
  /** What is wrong; undefined while it works. */
  readonly problem: string | undefined;
  /** Since when it is as it is; Unix milliseconds. */
  readonly since: number;
}

export interface Parts {
  /** A new part, not working until it says `ready`. */
  /** @param needs a kind of part without which it is of no use */
  add(kind: PartKind, name: string, needs?: PartKind): DeviceEvents;
  list(): readonly PartStatus[];
  /** Called after every change of any part. */
  onChange(listener: () => void): void;
  /** Resolves when every part has said `ready` or `fault` at least once. */
  settled(): Promise<void>;
}

const starting = 'starting';

export function createParts(clock: Clock, log: Log): Parts {
  const states = new Map<string, PartStatus>();
  const listeners: (() => void)[] = [];

  function change(key: string, status: PartStatus): void {
    const before = states.get(key);
    if (before?.problem === status.problem && before?.working === status.working) return;
    // A fault that turns out to be another one has not mended in between.
    const since = before?.working === status.working ? before.since : status.since;
    states.set(key, { ...status, since });
    for (const listener of listeners) listener();
  }

  return {
    add(kind, name, needs) {
      const fixed = { kind, name, ...(needs === undefined ? {} : { needs }) };
      const key = `${kind}/${name}`;
      change(key, { ...fixed, working: false, problem: starting, since: clock() });
      return {
        ready() {
          if (states.get(key)?.working !== true) log.info('part-ready', { part: kind, name });
          change(key, { ...fixed, working: true, problem: undefined, since: clock() });
        },
        fault(error: DeviceError) {
          if (states.get(key)?.problem !== error.message) {
            log.error('part-fault', { part: kind, name, kind: error.kind, problem: error.message });
          }
          change(key, { ...fixed, working: false, problem: error.message, since: clock() });
        },
      };
    },
    list: () => [...states.values()],
    onChange: listener => void listeners.push(listener),
    settled: () =>
      new Promise(resolve => {
        const check = () => {
          if ([...states.values()].every(({ problem }) => problem !== starting)) resolve();
        };
        listeners.push(check);
        check();
      }),
  };
}
