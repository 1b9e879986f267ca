/** Where the bus is, and at which stop, as receiver, door and crew say: for taps, displays, console and log. */
import {
  headingFor,
  type LinePlace,
  type LineStops,
  nextStop,
  nowhere,
  placeAfter,
  placeByCrew,
  placeByPosition,
  type Seen,
} from '../core/line-place.ts';
import type { Position, Stop } from '../core/stop.ts';
import type { Log } from '../kit/log.ts';
import { everySecond } from '../kit/time.ts';
import type { DoorState, Fix } from '../ports.ts';

export interface Whereabouts {
  /** A fix from the receiver. */
  hear(fix: Fix): void;
  /** @param state undefined where it is not known any more */
  hearDoor(state: DoorState | undefined): void;
  /**
   * The crew says at which stop the bus is: until the bus is clearly at another, or `setAuto`.
   * @returns undefined for no stop of the line
   */
  setStop(id: string): Stop | undefined;
  /** The receiver's word counts again. */
  setAuto(): void;
  /** What is known of the way; the stops of the line are `stops`. */
  way(): Way;
  /** Undefined between stops, and where the position or the stops are not known. */
  stop(): Stop | undefined;
  /** Where the bus is, or was a moment ago. */
  position(): Position | undefined;
  lastFix(): Fix | undefined;
  /** Called after every change of the stop. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface Way {
  readonly stops: readonly Stop[];
  /** Who says at which stop the bus is; undefined where nobody does. */
  readonly source: 'gnss' | 'crew' | undefined;
  /** Undefined where it is not known. */
  readonly next: Stop | undefined;
  /** The last stop of the way; undefined where the direction is not known. */
  readonly towards: Stop | undefined;
  readonly doors: DoorState | undefined;
}

/** Without a fix, as under a bridge, the last position counts for this long. */
const positionHoldsMs = 10_000;

/** @param line its stops and ways, to be asked each time */
export function createWhereabouts(line: () => LineStops, log: Log): Whereabouts {
  const listeners: (() => void)[] = [];
  let lastFix: Fix | undefined;
  let placed: Fix | undefined;
  let doors: DoorState | undefined;
  let place = nowhere;

  function position(): Position | undefined {
    const isRecent = placed !== undefined && performance.now() - placed.receivedAt < positionHoldsMs;
    return isRecent ? placed?.position : undefined;
  }

  function seen(): Seen {
    return { position: position(), doors, atMs: performance.now() };
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
    hearDoor(state) {
      if (state !== doors) log.info('door', { door: state ?? 'unknown' });
      doors = state;
      look();
    },
    setStop(id) {
      const known = line().stops.find(stop => stop.id === id);
      if (known === undefined) return undefined;
      log.info('stop-set', { stop: id, before: place.stop?.id });
      take(placeByCrew(line(), place, id, performance.now()));
      return known;
    },
    setAuto() {
      if (place.crew !== undefined) log.info('stop-auto', { before: place.stop?.id });
      take(placeAfter(line(), placeByPosition(place), seen()));
    },
    way: () => ({
      stops: line().stops,
      source: place.crew !== undefined ? 'crew' : place.stop && 'gnss',
      next: nextStop(line(), place),
      towards: headingFor(line(), place),
      doors,
    }),
    stop: () => place.stop,
    position,
    lastFix: () => lastFix,
    onChange: listener => void listeners.push(listener),
    close: stopPolling,
  };
}
