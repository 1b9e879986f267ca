/** Where the bus is, as the GNSS receiver last said, and at which stop: for the displays, the console and the log. */
import { type Position, type Stop, stopAt } from './core/stop.ts';
import type { Log } from './log.ts';
import type { Fix } from './ports.ts';

export interface Whereabouts {
  /** What the receiver tells. */
  hear(fix: Fix): void;
  /** Undefined between stops, and where the position or the stops are not known. */
  stop(): Stop | undefined;
  /** Where the bus was a moment ago, or is. */
  position(): Position | undefined;
  lastFix(): Fix | undefined;
  /** Called after every change of the stop. */
  onChange(listener: () => void): void;
  close(): void;
}

/** Under a bridge there is no fix: the bus is where it was, for so long. */
const positionHoldsMs = 10_000;
const lookMs = 1000;

/** @param stops those of the line, to be asked each time */
export function createWhereabouts(stops: () => readonly Stop[], log: Log): Whereabouts {
  const listeners: (() => void)[] = [];
  let lastFix: Fix | undefined;
  let placed: Fix | undefined;
  let stop: Stop | undefined;

  function position(): Position | undefined {
    const isRecent = placed !== undefined && performance.now() - placed.receivedAt < positionHoldsMs;
    return isRecent ? placed?.position : undefined;
  }

  function look(): void {
    const next = stopAt(stops(), position(), stop);
    if (next === stop) return;
    const isAnother = JSON.stringify(next) !== JSON.stringify(stop);
    stop = next;
    if (!isAnother) return;
    log.debug('stop', { stop: stop?.id });
    for (const listener of listeners) listener();
  }

  // A position grows old by itself, and the feed brings stops while the bus stands.
  const timer = setInterval(look, lookMs);
  return {
    hear(fix) {
      lastFix = fix;
      if (fix.position !== undefined) placed = fix;
      look();
    },
    stop: () => stop,
    position,
    lastFix: () => lastFix,
    onChange: listener => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}
