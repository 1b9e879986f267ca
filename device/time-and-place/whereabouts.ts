/** Where the bus is, as the GNSS receiver last said, and at which stop: for the displays, the console and the log. */
import { type LinePlace, type LineStops, nowhere, placeAfter, type Seen } from '../core/line-place.ts';
import type { Position, Stop } from '../core/stop.ts';
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

/** @param line its stops and ways, to be asked each time */
export function createWhereabouts(line: () => LineStops, log: Log): Whereabouts {
  const listeners: (() => void)[] = [];
  let lastFix: Fix | undefined;
  let placed: Fix | undefined;
  let place = nowhere;

  function position(): Position | undefined {
    const isRecent = placed !== undefined && performance.now() - placed.receivedAt < positionHoldsMs;
    return isRecent ? placed?.position : undefined;
  }

  function seen(): Seen {
    return { position: position(), doors: undefined, atMs: performance.now() };
  }

  function take(next: LinePlace): void {
    const isAnother = JSON.stringify(next.stop) !== JSON.stringify(place.stop);
    place = next;
    if (!isAnother) return;
    log.debug('stop', { stop: place.stop?.id });
    for (const listener of listeners) listener();
  }

  const look = () => take(placeAfter(line(), place, seen()));

  // A position grows old by itself, and the feed brings stops while the bus stands.
  const stopPolling = everySecond(look);
  return {
    hear(fix) {
      lastFix = fix;
      if (fix.position !== undefined) placed = fix;
      look();
    },
    stop: () => place.stop,
    position,
    lastFix: () => lastFix,
    onChange: listener => void listeners.push(listener),
    close: stopPolling,
  };
}
