/** Where the bus is, as the GNSS receiver last said, and at which stop: for the displays, the console and the log. */
import { type Position, type Stop, stopAt } from '../core/stop.ts';
import type { Log } from '../kit/log.ts';
import { everySecond } from '../kit/time.ts';
import type { Fix } from '../ports.ts';

export interface Whereabouts {
  /** A fix from the receiver. */
  hear(fix: Fix): void;
  /** Undefined between stops, and where the position or the stops are not known. */
  stop(): Stop | undefined;
  /** Where the bus is, or was a moment ago. */
  position(): Position | undefined;
  lastFix(): Fix | undefined;
  /** Called after every change of the stop. */
  onChange(listener: () => void): void;
  close(): void;
}

/** Without a fix, as under a bridge, the last position counts for this long. */
const positionHoldsMs = 10_000;

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

  function updateStop(): void {
    const next = stopAt(stops(), position(), stop);
    if (next === stop) return;
    const isAnother = JSON.stringify(next) !== JSON.stringify(stop);
    stop = next;
    if (!isAnother) return;
    log.debug('stop', { stop: stop?.id });
    for (const listener of listeners) listener();
  }

  // A position grows old by itself, and the feed brings stops while the bus stands.
  const stopPolling = everySecond(updateStop);
  return {
    hear(fix) {
      lastFix = fix;
      if (fix.position !== undefined) placed = fix;
      updateStop();
    },
    stop: () => stop,
    position,
    lastFix: () => lastFix,
    onChange: listener => void listeners.push(listener),
    close: stopPolling,
  };
}
