/** Watches the feed: takes up what it brings, and tells log, console and the part `feed` how syncing goes. */

import type { FeedClient, FeedClientEvents, FirmwareNews, NewlySigned } from '../data-ports.ts';
import { hideUserinfo } from '../kit/address.ts';
import { DeviceError, type DeviceErrorKind } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { createRepetitionFilter } from '../kit/repetition-filter.ts';
import { type Clock, everySecond, monotonic } from '../kit/time.ts';
import type { DeviceEvents } from '../ports.ts';
import { watchExpiry } from './expiry-watch.ts';
import type { FedFile } from './fed-file.ts';

export interface FeedState {
  readonly lastSuccess:
    | {
        /** On the monotonic clock. */
        readonly at: number;
        readonly how: string;
        readonly version: number;
      }
    | undefined;
  /** Why there has been no success since then. */
  readonly problem:
    | {
        readonly text: string;
        /** On the monotonic clock. */
        readonly since: number;
      }
    | undefined;
}

export interface WatchedFeed extends FeedClient {
  state(): FeedState;
}

export interface FeedWatchParts {
  readonly part: DeviceEvents;
  /** A part for signatures that are about to expire. */
  readonly addExpiry: () => DeviceEvents;
  readonly log: Log;
  readonly clock: Clock;
  /** For ages: the monotonic clock unless given. */
  readonly age?: Clock;
  readonly links: { lookAfter(): void; abandon(generation: string, why: string): void };
  /** All that the feed has is on the bus. */
  readonly fed: (newlySigned: NewlySigned | undefined) => void;
  /** What the feed brings beside the links: policy, stops. */
  readonly texts: readonly FedFile[];
  /** What is told of new firmware. */
  readonly firmware?: ((news: FirmwareNews) => void) | undefined;
}

/** An outage this short, as in a tunnel, is no fault. */
const outageLimitMs = 5 * 60_000;
const ofTheNetwork: readonly DeviceErrorKind[] = ['disconnected', 'timeout'];
/** Some of it comes from whoever answers: names in a certificate, a header. */
const mostCharacters = 500;

/** The clock's time is in the reason for a refused date, and is another at each try. */
const withoutTimes = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '#');

/**
 * The part begins as ready: a start does not wait until the network shows whether the feed answers.
 * @param start starts the client
 */
export function watchFeed(
  { part, addExpiry, log, clock, age = monotonic, links, fed, texts, firmware }: FeedWatchParts,
  start: (events: FeedClientEvents) => FeedClient,
): WatchedFeed {
  let goodAt = age();
  let lastSuccess: FeedState['lastSuccess'];
  let isAtFault = false;
  let failure: { readonly problem: DeviceError; readonly since: number } | undefined;
  const refusals = createRepetitionFilter(age);
  const unusableTexts = createRepetitionFilter(age);
  const expiries = watchExpiry(addExpiry, clock);

  /** A network problem becomes a fault only when it lasts; any other problem is one at once, and then the newest is told. */
  function tellOutage(): void {
    if (failure === undefined) return;
    const patient = ofTheNetwork.includes(failure.problem.kind) && age() - goodAt < outageLimitMs;
    isAtFault ||= !patient;
    if (isAtFault) part.fault(failure.problem);
  }

  function fail(problem: DeviceError): void {
    failure = { problem, since: failure?.since ?? age() };
    tellOutage();
  }

  function reloadTexts(): void {
    for (const text of texts) text.reload();
  }

  part.ready();
  const stopPolling = everySecond(() => {
    tellOutage();
    expiries.check();
  });
  const client = start({
    synced({
      version,
      previousVersion,
      how,
      bytes,
      links: count,
      denied,
      renewed,
      unusable,
      expiry,
      newlySigned,
    }) {
      goodAt = age();
      lastSuccess = { at: goodAt, how, version };
      failure = undefined;
      isAtFault = false;
      refusals.forget();
      const isNews = how !== 'none' || renewed.length > 0;
      const told = { version, previousVersion, how, bytes, links: count, denied, renewed };
      log[isNews ? 'info' : 'debug']('feed-synced', told);
      const problem = unusable.join('\n');
      if (problem === '') unusableTexts.forget();
      else if (unusableTexts.isNews(problem)) log.error('feed-text-refused', { problem });
      links.lookAfter();
      fed(newlySigned);
      reloadTexts();
      part.ready();
      expiries.hear(expiry);
    },
    refused({ kind, device, message }, kept) {
      const problem = hideUserinfo(message.slice(0, mostCharacters));
      if (refusals.isNews(`${kind} ${withoutTimes(problem)}`))
        log.warn('feed-refused', { problem, kind, kept });
      // Files that came before the failure are kept.
      reloadTexts();
      fail(new DeviceError(kind, device, problem));
    },
    damaged(generation, why) {
      log.error('cache-damaged', { generation, why });
      links.abandon(generation, why);
    },
    firmware: news => firmware?.(news),
    proved: generation => log.info('cache-proved', { generation }),
    fault(error) {
      isAtFault = true;
      fail(error);
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
      stopPolling();
      return client.close();
    },
  };
}
