/** How a back office is set up. */
import type { Log } from '../../device/kit/log.ts';
import type { GivenGtfs } from '../../sync/publisher/policy-and-lines.ts';
import type { KeeperOptions } from './health/keeper.ts';
import type { KeyFiles } from './office-data.ts';
import type { PublishTimes } from './publication/schedule.ts';
import type { CodeLimits } from './registration/code-limits.ts';
import type { Identity } from './store/vault.ts';
import type { UplinkChoice } from './uplink/open-uplink.ts';

export interface BackOfficeOptions extends KeyFiles, GivenGtfs, UplinkChoice {
  /** 0 for any that is free. */
  readonly port: number;
  readonly directory: string;
  /** Who owns which media, imported at the start: CSV with the header `phone,name,medium,account`. */
  readonly mediaFile?: string | undefined;
  /** Long numbers in it, and in the table of denied media, that end in 0 are right, however many there are. */
  readonly trustZeros?: boolean | undefined;
  /** Serves the simulation's controls. */
  readonly sim: boolean;
  /** Unix milliseconds, called each time it is needed; the announced opening unless given. */
  readonly opensAt?: (() => number) | undefined;
  /** What time it is, in Unix milliseconds; the machine's clock unless given. */
  readonly now?: (() => number) | undefined;
  /** The registration's clock, if it is another one. */
  readonly clock?: (() => number) | undefined;
  /** The policy to publish from now on. */
  readonly policyFile?: string | undefined;
  /** The lines and their stops to publish from now on, unless `gtfs` is given. */
  readonly linesFile?: string | undefined;
  /** A table of the crew's cards to publish from now on. */
  readonly crewCardsFile?: string | undefined;
  /** A table of denied media to publish from now on. */
  readonly deniedFile?: string | undefined;
  /** Sign although the last version is dated as if the clock were wrong. */
  readonly trustClock?: boolean | undefined;
  /** https servers whose time the clock must agree with. */
  readonly timeFrom?: readonly string[] | undefined;
  readonly codeLimits?: Partial<CodeLimits> | undefined;
  readonly testMaxAgeH?: number | undefined;
  /** From a registration until a tap finds it: the publisher's and the validators' polling together. */
  readonly liveWithinMs?: number | undefined;
  readonly publishTimes?: Partial<PublishTimes> | undefined;
  readonly keeping?:
    | Partial<Pick<KeeperOptions, 'askEveryMs' | 'timeoutMs' | 'batch' | 'concurrency'>>
    | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy?: string | undefined;
  /** Called with whoever has registered or withdrawn on the site, once that is stored. */
  readonly heard?: ((event: 'registered' | 'withdrawn', who: Identity) => void) | undefined;
  /** PostgreSQL's servers, where taps are not kept in the office's own file. */
  readonly taps?: readonly string[] | undefined;
  /** While it returns false, requests for the feed are cut off. */
  readonly isFeedUp?: (() => boolean) | undefined;
  readonly log: Log;
}
