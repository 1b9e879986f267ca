/** How a back office is set up. */
import type { Log } from '../../device/log.ts';
import type { KeeperOptions } from './health/keeper.ts';
import type { PublishTimes } from './publishing/publishing.ts';
import type { CodeLimits } from './registration/code-limits.ts';
import type { Identity } from './store/vault.ts';

export interface BackOfficeOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly directory: string;
  /** Who owns what, imported at the start: CSV with the header `phone,name,medium,account`. */
  readonly mediaFile?: string | undefined;
  /** With the simulation's controls. */
  readonly sim: boolean;
  /** Unix milliseconds, asked for each time; as announced unless given. */
  readonly opensAt?: (() => number) | undefined;
  /** The registration's clock; the machine's unless given. */
  readonly clock?: (() => number) | undefined;
  /** Published from now on. */
  readonly policyFile?: string | undefined;
  /** Lines and their stops, published from now on. */
  readonly linesFile?: string | undefined;
  /** Outside the directory, where its copies are not to be readable. */
  readonly keyFile?: string | undefined;
  readonly codeLimits?: Partial<CodeLimits> | undefined;
  readonly testMaxAgeH?: number | undefined;
  /** How long until a tap can tell who has registered: the publisher's and the validators' polling together. */
  readonly liveWithinMs?: number | undefined;
  readonly publishTimes?: Partial<PublishTimes> | undefined;
  readonly keeping?: Partial<KeeperOptions> | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy?: string | undefined;
  /** Hears who has registered or withdrawn on the site, once it is stored. */
  readonly heard?: ((event: 'registered' | 'withdrawn', who: Identity) => void) | undefined;
  /** While it says no, who asks for the feed is cut off. */
  readonly isFeedUp?: (() => boolean) | undefined;
  readonly log: Log;
}
