/** One validator as its log tells it: running or not, what is out of order, its journal, its last tap. */
import type { LogLine } from '../bus/firmware-process.ts';
import type { BusEvent } from '../bus/words.ts';
import type { ValidatorState } from './protocol.ts';

type Told = Pick<ValidatorState, 'isRunning' | 'faults' | 'journal' | 'lastTap'>;

export interface ValidatorWatch {
  hear(line: LogLine): void;
  /** Rows of the journal, as the console counts them after a start. */
  countRows(rows: number): void;
  /** What a command saw of a tap, which is more than the log says. */
  seen(tap: BusEvent): void;
  told(): Told;
}

export function createValidatorWatch(): ValidatorWatch {
  const faults = new Map<string, string>();
  const byVerdict = new Map<string, number>();
  let isRunning = true;
  let rows = 0;
  let lastTap: BusEvent | undefined;

  function tapped({ level: _level, time: _time, device: _device, ...tap }: LogLine): void {
    lastTap = tap;
    if (typeof tap.seq !== 'number') return;
    // Numbers have no gaps, so the newest one is their count.
    rows = tap.seq;
    const verdict = String(tap.verdict);
    byVerdict.set(verdict, (byVerdict.get(verdict) ?? 0) + 1);
  }

  function begin(running: boolean): void {
    isRunning = running;
    faults.clear();
  }

  return {
    hear(line) {
      const { event, name, problem } = line;
      if (event === 'start') {
        begin(true);
        // It may be another journal.
        rows = 0;
      }
      if (event === 'exit') begin(false);
      else if (event === 'part-fault') faults.set(String(name), String(problem));
      else if (event === 'part-ready') faults.delete(String(name));
      else if (event === 'tap' || event === 'card-lost') tapped(line);
    },
    countRows(count) {
      rows = Math.max(rows, count);
    },
    seen(tap) {
      lastTap = tap;
    },
    told: () => ({
      isRunning,
      faults: Object.fromEntries(faults),
      journal: { rows, byVerdict: Object.fromEntries(byVerdict) },
      lastTap,
    }),
  };
}
