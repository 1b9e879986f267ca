/** The state of one validator as its log tells it: running or not, faults, journal, last tap. */
import type { BusEvent } from '../bus/commands/command.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { FaultState, ValidatorState } from './protocol.ts';

type WatchedState = Pick<ValidatorState, 'isRunning' | 'faults' | 'journal' | 'lastTap'>;

export interface ValidatorWatch {
  hear(line: LogLine): void;
  /** Sets how many taps the journal has, counted after a start. */
  countRows(rows: number): void;
  /** Takes the outcome of a command's tap, which says more than the log. */
  seen(tap: BusEvent): void;
  state(): WatchedState;
}

export function createValidatorWatch(): ValidatorWatch {
  /** By kind and name of the part: two kinds may have one name. */
  const faults = new Map<string, FaultState>();
  const byVerdict = new Map<string, number>();
  let isRunning = true;
  let taps = 0;
  let lastTap: BusEvent | undefined;

  function tapped({ level: _level, time: _time, device: _device, ...tap }: LogLine): void {
    lastTap = tap;
    if (typeof tap.seq !== 'number') return;
    taps++;
    const verdict = String(tap.verdict);
    byVerdict.set(verdict, (byVerdict.get(verdict) ?? 0) + 1);
  }

  function begin(running: boolean): void {
    isRunning = running;
    faults.clear();
  }

  return {
    hear(line) {
      const { event } = line;
      const part = `${line.part}/${line.name}`;
      if (event === 'start') {
        begin(true);
        // The journal may be a new one.
        taps = 0;
      }
      if (event === 'exit') begin(false);
      else if (event === 'part-fault') faults.set(part, faultOf(line));
      else if (event === 'part-ready') faults.delete(part);
      else if (event === 'tap' || event === 'card-lost') tapped(line);
    },
    countRows(count) {
      taps = Math.max(taps, count);
    },
    seen(tap) {
      lastTap = tap;
    },
    state: () => ({
      isRunning,
      faults: [...faults.values()],
      journal: { rows: taps, byVerdict: Object.fromEntries(byVerdict) },
      lastTap,
    }),
  };
}

function faultOf({ name, kind, problem }: LogLine): FaultState {
  return { name: String(name), kind: String(kind), problem: String(problem) };
}
