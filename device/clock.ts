/** The validator's clock: what it believes, from the system clock, GNSS and the signed data on the bus. */
import { existsSync } from 'node:fs';
import { codeMemoryMs } from './core/seen.ts';
import { earliestMs, isPlausible, nextBelief, noBelief, type TimeBelief } from './core/time-belief.ts';
import { DeviceError } from './errors.ts';
import type { Log } from './log.ts';
import type { DeviceEvents, Fix, LinkStoreState } from './ports.ts';

export interface ValidatorClock {
  /** Unix milliseconds, the best guess there is; it steps back only when the belief was set right. */
  now(): number;
  /** False while there is no plausible time: nothing is judged by it then. */
  isKnown(): boolean;
  /**
   * Shared with the syncing thread: how far ahead of the system's clock the feed's metadata is judged expired. By what is
   * believed; without a belief by the signed data's own date, for it is a sync that brings a better one.
   */
  readonly aheadMs: Float64Array;
  state(): TimeBelief & { readonly since: number; readonly floorMs: number | undefined };
  hear(fix: Fix): void;
  /** Rides are being taken: the clock is not set back under them. */
  rideTaken(): void;
  /** Shows faults from here on. @returns ends the looking */
  watch(part: DeviceEvents, log: Log): () => void;
}

export interface ClockSources {
  readonly system: 'auto' | 'synchronised' | 'unsynchronised';
  /** Unix milliseconds of the newest signed data; undefined while there is none. */
  readonly floor: () => number | undefined;
  readonly wallClock?: () => number;
  readonly monotonic?: () => number;
}

/** systemd-timesyncd's mark; other daemons leave none that can be seen cheaply: then the settings say so. */
const synchronisedMark = '/run/systemd/timesync/synchronized';
const lookMs = 1000;
/** Smaller steps back are waited out. */
const holdMs = 120_000;

export function createClock({
  system,
  floor,
  wallClock = Date.now,
  monotonic,
}: ClockSources): ValidatorClock {
  const monotonicMs = monotonic ?? (() => performance.now());
  let belief: TimeBelief = noBelief;
  let told = 0;
  // What was before the start is not known: there may have been a power cut under rides.
  let rodeAt = monotonicMs();
  let since = 0;
  const aheadMs = new Float64Array(new SharedArrayBuffer(8));
  let changed: (before: TimeBelief) => void = () => undefined;

  function look(fix?: { readonly timeMs: number; readonly monotonicMs: number }): void {
    const at = monotonicMs();
    const before = belief;
    belief = nextBelief(before, {
      monotonicMs: at,
      systemMs: wallClock(),
      synchronised: system === 'auto' ? existsSync(synchronisedMark) : system === 'synchronised',
      floorMs: floor(),
      quiet: at - rodeAt > codeMemoryMs,
      ...(fix && { fix }),
    });
    // Small corrections are waited out, so that time never runs backwards; larger ones are meant.
    if (told - (at + belief.offsetMs) > holdMs) told = 0;
    if (belief.source !== before.source || belief.plausible !== before.plausible) since = now();
    aheadMs[0] = (belief.plausible ? now() : (floor() ?? earliestMs)) - wallClock();
    changed(before);
  }

  function now(): number {
    told = Math.max(told, Math.round(monotonicMs() + belief.offsetMs));
    return told;
  }

  look();
  since = now();
  return {
    now,
    isKnown: () => belief.plausible && isPlausible(now(), { floorMs: floor() }),
    aheadMs,
    state: () => ({ ...belief, since, floorMs: floor() }),
    hear({ time, receivedAt }) {
      if (time !== undefined) look({ timeMs: time, monotonicMs: receivedAt });
    },
    rideTaken() {
      rodeAt = monotonicMs();
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
      const timer = setInterval(() => look(), lookMs);
      return () => clearInterval(timer);
    },
  };
}

/** The date of the newest signed data on the bus. */
export function signedAsOf(state: LinkStoreState): number | undefined {
  return state.usable ? Math.max(state.linksAsOf, state.statusAsOf) : undefined;
}
