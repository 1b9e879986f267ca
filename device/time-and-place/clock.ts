/** The validator's clock: what it believes, from the system clock, GNSS and the signed data on the bus. */
import { existsSync } from 'node:fs';
import {
  type CodeTimes,
  hearCode,
  hearFeed,
  isDoubted,
  noWitness,
  stillValid,
} from '../core/code-witness.ts';
import { codeMemoryMs } from '../core/seen.ts';
import {
  gnssTime,
  isPlausible,
  nextBelief,
  noBelief,
  type TimeBelief,
  timesTold,
} from '../core/time-belief.ts';
import type { LinkStoreState, NewlySigned } from '../data-ports.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, everySecond } from '../kit/time.ts';
import type { DeviceEvents, Fix } from '../ports.ts';

export interface ValidatorClock {
  /** Unix milliseconds, the best guess; it steps back only when the belief is corrected by minutes. */
  now(): number;
  /** False while there is no plausible time: then nothing is decided by the time. */
  isKnown(): boolean;
  /** Ride codes look expired that may be fresh: then none is called expired. */
  isDoubted(): boolean;
  /**
   * Shared with the syncing thread: how far the believed time, and the latest and the earliest time that any source tells,
   * are ahead of the system's clock. The first is not a number while nothing is believed: then signed data is not judged by
   * any time, so that newer data can come. The others are none while no source tells a time that can be.
   */
  readonly aheadMs: Float64Array;
  /** @returns `since` is when the source came, on the monotonic clock */
  state(): TimeBelief & { readonly since: number; readonly floorMs: number | undefined };
  hear(fix: Fix): void;
  /**
   * A code whose signatures are all good, before its times are judged.
   * @returns whether the clock was set by it
   */
  hearCode(code: CodeTimes): boolean;
  /** The feed has answered, and all that it has is on the bus. */
  fed(newlySigned?: NewlySigned): void;
  /** At once, and not only within the second: the signed data on the bus is another. */
  review(): void;
  /** A ride was taken: the clock is not set back while rides are taken. */
  rideTaken(): void;
  /** No ride was ever taken before the start: unless one was since, the clock may be set at once. */
  neverRode(): void;
  /** Tells faults from here on. @returns ends that */
  watch(part: DeviceEvents, log: Log): () => void;
}

export interface ClockSources {
  readonly system: 'auto' | 'synchronised' | 'unsynchronised';
  /** Unix milliseconds of the newest signed data; undefined while there is none. */
  readonly floor: () => number | undefined;
  readonly wallClock?: Clock;
  readonly monotonic?: () => number;
}

/** systemd-timesyncd's mark. Other daemons leave none that can be checked cheaply: for them there is a setting. */
const synchronisedMark = '/run/systemd/timesync/synchronized';
/** For a smaller step back, `now` stands still until the time has caught up. */
const holdMs = 120_000;

export function createClock({
  system,
  floor,
  wallClock = Date.now,
  monotonic,
}: ClockSources): ValidatorClock {
  const monotonicMs = monotonic ?? (() => performance.now());
  let belief: TimeBelief = noBelief;
  let witness = noWitness;
  let fedAtMs: number | undefined;
  let told = 0;
  // Nobody knows what was before the start: a power cut may have come in the middle of rides.
  const startedAt = monotonicMs();
  let rodeAt = startedAt;
  let since = 0;
  let knownFloor: number | undefined;
  const aheadMs = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  let changed: (before: TimeBelief) => void = () => undefined;

  /** What was signed stays so: who has damaged the cache is not believed more easily. */
  function floorMs(): number | undefined {
    knownFloor = floor() ?? knownFloor;
    return knownFloor;
  }

  function updateBelief(fix?: { readonly timeMs: number; readonly monotonicMs: number }): void {
    const at = monotonicMs();
    const before = belief;
    const systemMs = wallClock();
    witness = stillValid(witness, { monotonicMs: at, systemMs, floorMs: floorMs() });
    belief = nextBelief(before, {
      monotonicMs: at,
      systemMs,
      synchronised: system === 'auto' ? existsSync(synchronisedMark) : system === 'synchronised',
      floorMs: floorMs(),
      quiet: at - rodeAt > codeMemoryMs,
      codes: witness,
      ...(fix && { fix }),
    });
    // `now` stands still for a small correction, so that time never runs backwards, and follows a larger one.
    if (told - (at + belief.offsetMs) > holdMs) told = 0;
    if (belief.source !== before.source || belief.plausible !== before.plausible) since = at;
    shareAhead(at);
    changed(before);
  }

  function shareAhead(monotonicMs: number): void {
    const systemMs = wallClock();
    const told = timesTold(belief, { monotonicMs, systemMs, floorMs: floorMs() });
    const times = [belief.plausible ? now() : Number.NaN, told?.latest, told?.earliest];
    aheadMs.set(times.map((time = Number.NaN) => time - systemMs));
  }

  function now(): number {
    told = Math.max(told, Math.round(monotonicMs() + belief.offsetMs));
    return told;
  }

  updateBelief();
  since = monotonicMs();
  return {
    now,
    isKnown: () => belief.plausible && isPlausible(now(), { floorMs: floorMs() }),
    isDoubted: () => belief.source === 'system' && isDoubted(witness),
    aheadMs,
    state: () => ({ ...belief, since, floorMs: floorMs() }),
    hear({ time, receivedAt }) {
      if (time !== undefined) updateBelief({ timeMs: time, monotonicMs: receivedAt });
    },
    hearCode(code) {
      // Whatever else is believed is better than codes.
      if (!belief.plausible || !(belief.source === 'system' || belief.source === 'codes')) return false;
      const { offsetMs } = belief;
      const at = monotonicMs();
      const gnssMs = gnssTime(belief, at);
      const now = { monotonicMs: at, systemMs: wallClock(), floorMs: floorMs(), fedAtMs, gnssMs };
      witness = hearCode(witness, code, now);
      updateBelief();
      if (belief.offsetMs === offsetMs) return false;
      // Even a small step counts at once: by the time before, this code would look expired.
      told = 0;
      return true;
    },
    fed(newlySigned) {
      fedAtMs = monotonicMs();
      if (newlySigned === undefined) return;
      const now = { monotonicMs: fedAtMs, systemMs: wallClock(), floorMs: floorMs() };
      witness = hearFeed(witness, newlySigned, now);
      updateBelief();
    },
    review: () => updateBelief(),
    rideTaken() {
      rodeAt = monotonicMs();
    },
    neverRode() {
      if (rodeAt === startedAt) rodeAt = Number.NEGATIVE_INFINITY;
    },
    watch(part, log) {
      changed = before => {
        const { source, plausible, problem } = belief;
        if (source !== before.source || plausible !== before.plausible)
          log.info('clock', { source, plausible, now: now() });
        if (problem === undefined) part.ready();
        else part.fault(new DeviceError('protocol', 'clock', problem));
      };
      changed(noBelief);
      return everySecond(updateBelief);
    },
  };
}

/** The date of the newest signed data on the bus. */
export function signedAsOf(state: LinkStoreState): number | undefined {
  return state.usable ? Math.max(state.linksAsOf, state.statusAsOf) : undefined;
}
