/** What the console's commands may look at. */
import type { Policy } from '../core/policy.ts';
import type { LinkStore } from '../data-ports.ts';
import type { FeedState } from '../feed/feed-watch.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { Log } from '../kit/log.ts';
import type { Clock } from '../kit/time.ts';
import type { Maintenance } from '../maintenance/maintenance.ts';
import type { Parts } from '../parts.ts';
import type { Config } from '../settings/config.ts';
import type { CrewDesk } from '../tap/crew-desk.ts';
import type { Place } from '../tap/ride-of.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';
import type { Whereabouts } from '../time-and-place/whereabouts.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { WatchedUplink } from '../uplink/uplink-watch.ts';
import type { Validator } from '../validator.ts';
import type { LoginGuard } from './login/login-guard.ts';

export interface ConsoleContext {
  readonly version: string;
  /** On the monotonic clock. */
  readonly startedAt: number;
  readonly config: Config;
  /** The policy in force. */
  readonly policy: () => Policy;
  readonly parts: Parts;
  readonly links: LinkStore;
  /** Where the validator's secret key is kept, in a few words. */
  readonly keysKeptIn: string;
  /** Undefined if none is configured. */
  readonly feed: { state(): FeedState; syncNow(): void } | undefined;
  /** Undefined if none is configured. */
  readonly uplink: Pick<WatchedUplink, 'state'> | undefined;
  readonly journal: JournalGuard;
  readonly validator: Validator;
  readonly crew: Pick<CrewDesk, 'confirm' | 'state'>;
  /** Knows no place if no GNSS receiver is configured. */
  readonly whereabouts: Whereabouts;
  /** How the line's fares are made; undefined where a ride is paid at boarding. */
  readonly route: () => Place['route'];
  /** Which SM2 implementation passed its self-test. */
  readonly sm2Engine: string;
  readonly clock: Clock;
  /** For ages. */
  readonly monotonic: Clock;
  /** Called for each flood of input. */
  readonly flooded: () => void;
  readonly time: Pick<ValidatorClock, 'now' | 'state'>;
  readonly trace: Tracer;
  readonly log: Log;
  /** Undefined where no PIN is set: then everybody is a technician. */
  readonly login: LoginGuard | undefined;
  readonly maintenance: Maintenance;
}

/** What the causes of faults are found in. */
export type Looked = Pick<
  ConsoleContext,
  'parts' | 'feed' | 'links' | 'policy' | 'clock' | 'monotonic' | 'time' | 'config'
>;
