/** What the validator knows: time, links, policy, stops, journal; and the feed that keeps it up to date. */
import { openLinkStore } from '../../sync/cache/link-store.ts';
import { findTarget } from '../../sync/cache/targets.ts';
import { createFeedClient } from '../../sync/client/feed-client.ts';
import { linesTarget, policyTarget } from '../../sync/feed/index-file.ts';
import type { KeyRing } from '../../sync/keys/key-ring.ts';
import { readVersion } from '../command-line.ts';
import type { RowSealer } from '../data-ports.ts';
import { watchFeed } from '../feed/feed-watch.ts';
import { watchLinks } from '../feed/links-watch.ts';
import { createPolicySource } from '../feed/policy-source.ts';
import { createStopSource } from '../feed/stop-source.ts';
import type { Log } from '../kit/log.ts';
import { type Closer, startAnew } from '../kit/process.ts';
import { monotonic } from '../kit/time.ts';
import { createParts } from '../parts.ts';
import type { BusLink } from '../ports.ts';
import { openRides } from '../rides.ts';
import { createClock, signedAsOf } from '../time-and-place/clock.ts';
import { launchedFrom } from '../update/launched-from.ts';
import { createTrialTap } from '../update/trial-tap.ts';
import { openUpdates, type Updates } from '../update/updates.ts';
import type { Settings } from './settings.ts';

export function openStores(
  { config, keys: givenKeys, policy: ownPolicy, feed: feedSettings, busKey }: Settings,
  keys: KeyRing,
  { busLink, sealer }: { readonly busLink: BusLink | undefined; readonly sealer: RowSealer | undefined },
  log: Log,
  closers: Closer[],
) {
  const { device, line } = config;
  const { cache } = config.links;
  let lookAtData = () => {};
  const links = openLinkStore(cache, keys, {
    changed(state) {
      log.info('links', { ...state });
      lookAtData();
    },
    damaged(generation, why) {
      log.error('cache-damaged', { generation, why });
      feed?.replace(generation);
    },
  });
  const time = createClock({ ...config.clock, floor: () => signedAsOf(links.describe()) });
  const clock = time.now;
  const startedAt = monotonic();
  const parts = createParts(log);
  const stopClock = time.watch(parts.add('clock', 'clock'), log);
  const findFed = (name: string) => config.feed && findTarget(cache, name);
  const policies = createPolicySource(ownPolicy, () => findFed(policyTarget), log);
  const stops = createStopSource(line, () => findFed(linesTarget), log);
  const policy = policies.current;
  const watchedLinks = watchLinks(links, policy, clock, parts.add('links', 'links'));
  lookAtData = () => {
    time.review();
    watchedLinks.check();
  };
  const { closers: ridesClosers, ...rides } = openRides({
    ...{ device, file: config.journal, busLink, busKey, sealer, clock, parts, log },
    keep: { days: config.journalKeep.days, bytes: config.journalKeep.mib * 1024 * 1024 },
    limits: { repeatWindowS: () => policy().repeatWindowS, rideMaxS: () => policy().fare.rideMaxS },
    neverRode: time.neverRode,
  });
  let updates: Updates | undefined;
  const launch = launchedFrom(process.env);
  const syncing = feedSettings && {
    firmware: launch && { ...launch, device, line, bus: config.bus, version: readVersion() },
    ...feedSettings,
    keys: givenKeys,
    directory: cache,
    aheadMs: time.aheadMs,
  };
  const feed =
    syncing &&
    watchFeed(
      {
        part: parts.add('feed', 'feed'),
        addExpiry: () => parts.add('feed-expiry', 'feed'),
        log,
        clock,
        links,
        fed: time.fed,
        texts: [policies, stops],
        firmware: news => updates?.hear(news),
      },
      events => createFeedClient(syncing, events),
    );
  if (launch !== undefined) {
    const answerTap = createTrialTap({ ...rides, links, policy, time, line });
    const known = { parts, log, answerTap, knownTime: () => (time.isKnown() ? clock() : undefined) };
    const lastSeq = () => rides.journal.current()?.lastSeq;
    const feedAnswered = () => feed?.state().lastSuccess !== undefined;
    updates = openUpdates({
      ...launch,
      ...known,
      settings: config.updates,
      lastSeq,
      feedAnswered,
      restart: startAnew,
    });
    closers.push(updates.close);
  }
  closers.push(links.close, stopClock, watchedLinks.stop, ...ridesClosers, () => feed?.close());
  return {
    links,
    keysKeptIn: keys.keptIn,
    time,
    startedAt,
    parts,
    policy,
    stops: stops.current,
    route: stops.route,
    ...rides,
    feed,
    /** With the slot, and what was given up since. */
    version: [readVersion(), ...(updates ? [updates.label] : [])].join('+'),
  };
}

export type Stores = ReturnType<typeof openStores>;
