/** Keeps an eye on the feed: takes up what it brings, and tells log, console and the part `feed` how it fares. */
import { hideUserinfo } from './core/userinfo.ts';
import { DeviceError, type DeviceErrorKind } from './errors.ts';
import type { FedFile } from './fed-file.ts';
import type { Log } from './log.ts';
import type { Clock, DeviceEvents, FeedClient } from './ports.ts';

/** What one sync came to. */
export interface Synced {
  readonly version: number;
  readonly previousVersion: number | null;
  /** `none`: there was nothing new. */
  readonly how: string;
  readonly bytes: number;
  readonly links: number;
  /** The names of files beside the links that are others now. */
  readonly renewed: readonly string[];
}

export interface FeedState {
  readonly lastSuccess:
    | {
        /** Unix milliseconds */
        readonly at: number;
        readonly how: string;
        readonly version: number;
      }
    | undefined;
  /** Why there has been no success since then. */
  readonly problem:
    | {
        readonly text: string;
        /** Unix milliseconds */
        readonly since: number;
      }
    | undefined;
}

/** What the syncing client tells. */
export interface FeedEvents {
  synced(result: Synced): void;
  /** @param kept the version that stays in use; null for none */
  refused(problem: DeviceError, kept: number | null): void;
  damaged(generation: string, why: string): void;
  proved(generation: string): void;
  /** It died; it is started again by itself. */
  fault(error: DeviceError): void;
}

/** The syncing client, as it is started here. */
export interface WatchedClient extends FeedClient {
  replace(generation: string): void;
}

export interface WatchedFeed extends WatchedClient {
  state(): FeedState;
}

export interface FeedWatchParts {
  readonly part: DeviceEvents;
  readonly log: Log;
  readonly clock: Clock;
  readonly links: { lookAfter(): void; abandon(generation: string, why: string): void };
  /** What the feed brings beside the links: policy, stops. */
  readonly texts: readonly FedFile[];
}

const lookMs = 1000;
/** A tunnel is no fault. */
const outageLimitMs = 5 * 60_000;
/** The same problem is logged no more often. */
const sayAgainMs = 10 * 60_000;
const ofTheNetwork: readonly DeviceErrorKind[] = ['disconnected', 'timeout'];

/**
 * The part begins as ready: whether the feed answers is known only when the network has; a start does not wait for that.
 * @param start starts the client
 */
export function watchFeed(
  { part, log, clock, links, texts }: FeedWatchParts,
  start: (events: FeedEvents) => WatchedClient,
): WatchedFeed {
  let goodAt = clock();
  let lastSuccess: FeedState['lastSuccess'];
  let failure: { readonly problem: DeviceError; readonly since: number } | undefined;
  const mayLog = createRepetitionFilter(clock);

  /** The network is waited for, and nothing else. */
  function look(): void {
    if (failure === undefined) return;
    const patient = ofTheNetwork.includes(failure.problem.kind) && Math.abs(clock() - goodAt) < outageLimitMs;
    if (!patient) part.fault(failure.problem);
  }

  function fail(problem: DeviceError): void {
    failure = { problem, since: failure?.since ?? clock() };
    look();
  }

  function reloadTexts(): void {
    for (const text of texts) text.reload();
  }

  part.ready();
  const timer = setInterval(look, lookMs);
  const client = start({
    synced({ version, previousVersion, how, bytes, links: count, renewed }) {
      goodAt = clock();
      lastSuccess = { at: goodAt, how, version };
      failure = undefined;
      mayLog(undefined);
      const isNews = how !== 'none' || renewed.length > 0;
      const told = { version, previousVersion, how, bytes, links: count, renewed };
      log[isNews ? 'info' : 'debug']('feed-synced', told);
      links.lookAfter();
      reloadTexts();
      part.ready();
    },
    refused({ kind, device, message }, kept) {
      const problem = hideUserinfo(message);
      if (mayLog(`${kind} ${problem}`)) log.warn('feed-refused', { problem, kind, kept });
      // What came before it failed is kept.
      reloadTexts();
      fail(new DeviceError(kind, device, problem));
    },
    damaged(generation, why) {
      log.error('cache-damaged', { generation, why });
      links.abandon(generation, why);
    },
    proved: generation => log.info('cache-proved', { generation }),
    fault(error) {
      fail(error);
      part.fault(error);
    },
  });
  return {
    syncNow: client.syncNow,
    replace: client.replace,
    state: () => ({
      lastSuccess,
      problem: failure && { text: failure.problem.message, since: failure.since },
    }),
    close() {
      clearInterval(timer);
      return client.close();
    },
  };
}

/** @returns whether to log this: news at once, the same again only from time to time; undefined forgets it */
function createRepetitionFilter(clock: Clock): (text: string | undefined) => boolean {
  let said: { readonly text: string; readonly at: number } | undefined;
  return text => {
    const now = clock();
    if (text !== undefined && said?.text === text && Math.abs(now - said.at) < sayAgainMs) return false;
    said = text === undefined ? undefined : { text, at: now };
    return true;
  };
}
