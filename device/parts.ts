/**
 * The parts of the validator and which of them work; displays, log and console tell faults from here. While a fault lasts,
 * the console says its newest words, and the log has each of them once, or by turns every ten minutes.
 */
import { type AlarmCode, alarmOf, starting } from './alarms/alarms.ts';
import type { PartKind, PartState } from './core/service-screen.ts';
import type { DeviceError } from './kit/errors.ts';
import type { Log } from './kit/log.ts';
import { createRepetitionFilter } from './kit/repetition-filter.ts';
import { monotonic } from './kit/time.ts';
import type { DeviceEvents } from './ports.ts';

export interface PartStatus extends PartState {
  /** Which fault it is, on every screen and wire; undefined while it works. */
  readonly alarm: AlarmCode | undefined;
  /** What is wrong; undefined while it works. */
  readonly problem: string | undefined;
  /** What a technician should know though it works; '' for nothing. */
  readonly note: string;
  /** When it began to work or failed, on the monotonic clock. */
  readonly since: number;
  readonly failures: Failures;
}

/** The faults of a part that are over. */
export interface Failures {
  /** How many there have been since the start. */
  readonly before: number;
  /** The newest, the newest first; on the monotonic clock. */
  readonly last: readonly { readonly from: number; readonly until: number; readonly problem: string }[];
}

export interface Parts {
  /**
   * A new part; it counts as out of order until it says `ready`.
   * @param needs a kind of part without which it is of no use
   */
  add(kind: PartKind, name: string, needs?: PartKind): DeviceEvents;
  list(): readonly PartStatus[];
  /** Called after every change of any part. @returns ends that */
  onChange(listener: () => void): () => void;
  /** Resolves when every part has said `ready` or `fault` at least once. */
  settled(): Promise<void>;
}

const failuresKept = 3;
const noFailures: Failures = { before: 0, last: [] };

/** A fault counts when it is over; that a part is starting is none. */
function failuresAfter(
  before: PartStatus | undefined,
  { working, since: until }: Pick<PartStatus, 'working' | 'since'>,
): Failures {
  const { problem = starting, failures = noFailures, since: from = until } = before ?? {};
  if (!working || before?.working !== false || problem === starting) return failures;
  const last = [{ from, until, problem }, ...failures.last].slice(0, failuresKept);
  return { before: failures.before + 1, last };
}

/** Whoever tries again and again meets the same fault with another port, address or age in it. */
const withoutNumbers = (text: string) => text.replace(/\w+/g, word => (/\d/.test(word) ? '#' : word));

export function createParts(log: Log): Parts {
  const states = new Map<string, PartStatus>();
  const listeners = new Set<() => void>();

  function change(key: string, status: Omit<PartStatus, 'failures'>): void {
    const before = states.get(key);
    const same = before?.problem === status.problem && before?.working === status.working;
    if (same && before?.note === status.note) return;
    // If one fault turns into another, the part has not worked in between.
    const since = before?.working === status.working ? before.since : status.since;
    states.set(key, { ...status, since, failures: failuresAfter(before, status) });
    for (const listener of listeners) listener();
  }

  return {
    add(kind, name, needs) {
      const fixed = { kind, name, ...(needs === undefined ? {} : { needs }) };
      const key = `${kind}/${name}`;
      const noteOf = () => states.get(key)?.note ?? '';
      const faults = createRepetitionFilter();
      const broken = (problem: string) => ({ working: false, problem, alarm: alarmOf(kind, problem) });
      change(key, { ...fixed, ...broken(starting), note: '', since: monotonic() });
      return {
        ready() {
          if (states.get(key)?.working !== true) log.info('part-ready', { part: kind, name });
          faults.forget();
          const works = { working: true, problem: undefined, alarm: undefined };
          change(key, { ...fixed, ...works, note: noteOf(), since: monotonic() });
        },
        fault(error: DeviceError) {
          const { problem, alarm } = broken(error.message);
          const isOther = states.get(key)?.problem !== problem;
          if (isOther && faults.isNews(`${error.kind} ${withoutNumbers(problem)}`)) {
            log.error('part-fault', { part: kind, name, alarm, kind: error.kind, problem });
          }
          const status = { ...fixed, ...broken(problem), note: noteOf(), since: monotonic() };
          change(key, error.kind === 'hindered' ? { ...status, hindered: true } : status);
        },
        note(text) {
          const before = states.get(key);
          if (before === undefined || before.note === text) return;
          if (text !== '') log.info('part-note', { part: kind, name, note: text });
          change(key, { ...before, note: text });
        },
        flooded: () => log.warn('flooded', { part: kind, name }),
      };
    },
    list: () => [...states.values()],
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    settled: () =>
      new Promise(resolve => {
        const check = () => {
          if ([...states.values()].every(({ problem }) => problem !== starting)) resolve();
        };
        listeners.add(check);
        check();
      }),
  };
}
