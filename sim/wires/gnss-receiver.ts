/** The far end of a GNSS receiver's wire: NMEA 0183 at a steady rate, right or wrong, to every client. */
import { randomBytes } from 'node:crypto';
import { distanceM, type Position } from '../../device/core/stop.ts';
import { epochText } from './nmea.ts';
import { listenOnWire, type Plug } from './wire-server.ts';

/** `noise` is what a wrong baud rate makes of it. */
export const gnssModes = ['fix', 'no-fix', 'silent', 'noise', 'wrong-checksums'] as const;
export type GnssMode = (typeof gnssModes)[number];

/** The receiver's clock, which is right unless told otherwise. */
export interface GnssClock {
  /** It is wrong by so much. */
  readonly offsetMs?: number;
  /** Its week number has overflowed: it is 1024 weeks behind. */
  readonly rolledOver?: boolean;
  /** It has stopped, and tells the same time for ever. */
  readonly stopped?: boolean;
}

export interface GnssReceiverPort extends Plug {
  readonly port: number;
  readonly connected: boolean;
  /** Where it is now, whatever it sends. */
  readonly position: Position;
  setMode(mode: GnssMode): void;
  setClock(clock: GnssClock): void;
  /** It stands there from now on, however far that is. */
  setPosition(position: Position): void;
  /** It moves along these points from now on, and stands at the last. */
  drive(route: readonly Position[], speedKmh: number): void;
  /** Sends this as it is, now: what a receiver should not send. */
  send(text: string | Uint8Array): void;
  /** Held, it sends nothing by itself, whatever its mode is. */
  hold(isHeld: boolean): void;
  close(): Promise<void>;
}

export interface GnssReceiverOptions {
  readonly port?: number;
  readonly position: Position;
  /** How often it sends; 1000 unless given, as receivers do by default. */
  readonly intervalMs?: number;
  /** The time in orbit, in Unix milliseconds; this computer's unless given. */
  readonly now?: () => number;
}

const rolloverMs = 1024 * 7 * 86_400_000;
/** The bytes of an epoch at a wrong baud rate. */
const noiseBytes = 350;

export async function createGnssReceiver(options: GnssReceiverOptions): Promise<GnssReceiverPort> {
  const { port = 0, intervalMs = 1000, now = Date.now } = options;
  const server = await listenOnWire(port, () => {});
  let mode: GnssMode = 'fix';
  let clock: GnssClock = {};
  let stoppedAt = 0;
  let isHeld = false;
  let course = { route: [options.position], speedKmh: 0, since: 0 } as Course;

  function epoch(at: number): string | Uint8Array {
    if (mode === 'silent' || isHeld) return '';
    if (mode === 'noise') return randomBytes(noiseBytes);
    const position = mode === 'no-fix' ? undefined : placeOn(course, at);
    const text = epochText({ time: timeTold(at), position, speedKmh: course.speedKmh });
    return mode === 'wrong-checksums' ? text.replaceAll('*', '1*') : text;
  }

  function timeTold(at: number): number {
    const time = clock.stopped === true ? stoppedAt : at;
    return time + (clock.offsetMs ?? 0) - (clock.rolledOver === true ? rolloverMs : 0);
  }

  function send(text: string | Uint8Array): void {
    for (const client of server.clients) client.write(text);
  }

  let timer: NodeJS.Timeout;
  /** Sends at whole intervals of the clock, as receivers do. */
  function schedule(): void {
    timer = setTimeout(
      () => {
        send(epoch(Math.round(now() / intervalMs) * intervalMs));
        schedule();
      },
      untilNext(intervalMs, now()),
    );
  }
  schedule();

  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    get position() {
      return placeOn(course, now());
    },
    setMode(next) {
      mode = next;
    },
    setClock(next) {
      if (next.stopped === true) stoppedAt = now();
      clock = next;
    },
    setPosition(position) {
      course = { route: [position], speedKmh: 0, since: 0 };
    },
    drive(route, speedKmh) {
      course = { route, speedKmh, since: now() };
    },
    send,
    hold(next) {
      isHeld = next;
    },
    unplug: server.unplug,
    plug: server.plug,
    close() {
      clearTimeout(timer);
      return server.close();
    },
  };
}

interface Course {
  readonly route: readonly Position[];
  readonly speedKmh: number;
  /** Unix milliseconds */
  readonly since: number;
}

function placeOn({ route, speedKmh, since }: Course, now: number): Position {
  return along(route, Math.max(0, ((now - since) * speedKmh) / 3600));
}

/** At least half an interval, so that a timer that fires early does not tell the same time twice. */
function untilNext(intervalMs: number, now: number): number {
  const left = intervalMs - (now % intervalMs);
  return left < intervalMs / 2 ? left + intervalMs : left;
}

/**
 * The place on a route after so many metres; its last point where the route is shorter.
 * @throws RangeError for a route without a point
 */
export function along(route: readonly Position[], metres: number): Position {
  let left = metres;
  let from = route[0];
  if (from === undefined) throw new RangeError('a route without a point');
  for (const to of route.slice(1)) {
    const leg = distanceM(from, to);
    if (left < leg) return between(from, to, left / leg);
    left -= leg;
    from = to;
  }
  return from;
}

/** Straight in degrees, which is near enough over the few hundred metres between two stops. */
function between(a: Position, b: Position, part: number): Position {
  const mix = (x: number, y: number) => x + (y - x) * part;
  return {
    latitudeDeg: mix(a.latitudeDeg, b.latitudeDeg),
    longitudeDeg: mix(a.longitudeDeg, b.longitudeDeg),
  };
}
