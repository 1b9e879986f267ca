/** Composes the back office: the registration site at /, the feed at /feed/, and the simulation's controls at /sim/ if wanted. */
import type { FastifyPluginAsync } from 'fastify';
import { messageOf } from '../../device/kit/errors.ts';
import type { Log } from '../../device/kit/log.ts';
import { readDenied } from '../../sync/publisher/denied-media.ts';
import { deliverKeys, keepEpoch } from '../../sync/publisher/epochs/deliver-keys.ts';
import { feedPlaces } from '../../sync/publisher/feed-places.ts';
import { enrolNew } from '../../sync/publisher/init-feed.ts';
import { secretsOthersMayRead } from '../../sync/publisher/own-feed.ts';
import { checkGivenGtfs, linesFileOf } from '../../sync/publisher/policy-and-lines.ts';
import { checkTimeSources } from '../../sync/publisher/trusted-time.ts';
import type { BackOfficeOptions } from './backoffice-options.ts';
import { usualRules } from './health/judge-answers.ts';
import { type HealthKeeper, keepHealth, usualKeeping } from './health/keeper.ts';
import { createSimulatedHealthSource } from './health/simulated-source.ts';
import { followTaps, openTaps } from './intake/open-taps.ts';
import type { ImportReport } from './media-owners/media-owners.ts';
import {
  ensureOfficeDirectory,
  isOffice,
  lockOffice,
  type OfficeData,
  openOfficeData,
} from './office-data.ts';
import { type Publishing, publishOnSchedule } from './publication/publish-on-schedule.ts';
import { usualTimes } from './publication/schedule.ts';
import { type Pace, paceOfPolicy } from './published-policy.ts';
import { announcedOpening, createRegistration } from './registration/create-registration.ts';
import type { Registration } from './registration/registration.ts';
import { createSimulatedSmsGateway } from './registration/sms-gateway.ts';
import { createSettlementDesk } from './settlement/desk.ts';
import { createMakeUp } from './settlement/make-up.ts';
import { notePast } from './settlement/past.ts';
import type { SimApiParts } from './sim-api/routes.ts';
import { createSimApi } from './sim-api/sim-api.ts';
import type { SeniorsReport } from './store/import-seniors.ts';
import type { Medium, Store } from './store/store.ts';
import type { Identity } from './store/vault.ts';
import type { Span } from './tap-lists/entry.ts';
import { readTapList, type TapListName } from './tap-lists/tap-list.ts';
import { enrolNew as enrolOnUplink } from './uplink/enrolled.ts';
import { uplinkPlaces } from './uplink/office-keys.ts';
import { openUplink } from './uplink/open-uplink.ts';
import type { ValidatorState } from './uplink/validators.ts';
import { serveOffice } from './web-server.ts';

export type CreateSite = (registration: Registration) => FastifyPluginAsync;

/** What the way by which rows come looks like from outside. */
export interface BackOfficeUplink {
  /** Where validators find the broker. */
  readonly url: string;
  /** The file of public keys that validators are given. */
  readonly office: string;
  /** Enrols a validator, and writes its signing key's file. @throws WrongUsage */
  enrol(device: string, keyFile: string): void;
  validators(): readonly ValidatorState[];
}

export interface BackOffice {
  readonly url: string;
  /** Where validators find the feed. */
  readonly feedUrl: string;
  /** Paths of the files that a validator is given: the initial root metadata and the first validator's keys. */
  readonly trust: { readonly root: string; readonly keys: string };
  /** Enrols a validator, and writes its keys file. @throws WrongUsage */
  enrol(device: string, keysFile: string): Promise<void>;
  readonly registration: Registration;
  /** Undefined if it was not asked for. */
  readonly uplink: BackOfficeUplink | undefined;
  /** The simulated world around it. */
  readonly parts: SimApiParts;
  /** Asks for this person's health code at once, if registered. Resolves when the answer is stored. */
  askFor(who: Identity): Promise<void>;
  /** @throws WrongUsage naming every bad line */
  importMedia(file: string): Promise<ImportReport>;
  /** Links cards without application. @throws as `importMedia` */
  importSeniors(file: string): Promise<SeniorsReport>;
  close(): Promise<void>;
}

const usualLiveWithinMs = 5 * 60_000;

/** @throws WrongUsage for files that cannot be used, or a port that is taken */
export async function startBackOffice(
  options: BackOfficeOptions,
  createSite: CreateSite,
): Promise<BackOffice> {
  const { log, now = Date.now, clock = now } = options;
  checkGivenGtfs(options);
  ensureOfficeDirectory(options.directory);
  const closers: (() => unknown)[] = [lockOffice(options.directory)];
  try {
    if (!isOffice(options.directory)) log.info('new-back-office', { directory: options.directory });
    const data = openOfficeData(options.directory, options, now());
    tellKeys(data, log);
    for (const path of secretsOthersMayRead(data.feed)) log.warn('others-may-read', { path });
    closers.push(() => data.close());
    if (options.deniedFile !== undefined) await readDenied(options.deniedFile, options.trustZeros);
    const importMedia = importer(data, clock, options.trustZeros);
    if (options.mediaFile !== undefined) {
      log.info('register-imported', { ...(await importMedia(options.mediaFile)) });
    }
    const pace = paceOfPolicy(options.policyFile, feedPlaces(data.feed).policy);
    const { takenLines } = feedPlaces(data.feed);
    const linesFile = (await linesFileOf(options, takenLines)) ?? options.linesFile;
    const publishing = publish(data, { ...options, linesFile }, pace);
    closers.push(() => publishing.close());
    const taps = await openTaps(data.trips, options.taps);
    closers.push(() => taps.close(), followTaps(taps, log));
    const uplink = await openUplink(options, {
      directory: options.directory,
      taps: taps.store,
      feedVersion: () => publishing.last?.version ?? null,
      log,
      now,
    });
    closers.push(() => uplink?.close());
    const parts = {
      gateway: createSimulatedSmsGateway(now),
      source: createSimulatedHealthSource(now),
      store: data.store,
      publishing,
      settlement: createSettlementDesk({
        ...{ dir: options.directory, feed: data.feed, trips: data.trips, now },
        catchUp: taps.catchUp,
      }),
      tapList: (name: TapListName, span?: Span) => readTapList(options.directory, data.trips, name, span),
      validators: () => uplink?.validators() ?? [],
    };
    const keeper = keepCodes(data, parts, options, pace);
    closers.push(() => keeper.close(), tidyRegularly(data.store, clock, log));
    const registration = openRegistration(data, parts, keeper, options);
    const server = await serveOffice(
      {
        site: createSite(registration),
        simApi: options.sim ? createSimApi(parts) : undefined,
        feedFiles: feedPlaces(data.feed).public,
      },
      options,
    );
    closers.push(() => server.close());
    const { initialRoot, deviceKeys } = feedPlaces(data.feed);
    return {
      url: server.url,
      feedUrl: `${server.url}/feed`,
      trust: { root: initialRoot, keys: deviceKeys },
      enrol(device, keysFile) {
        enrolNew(data.feed, device, keysFile, now());
        return deliverKeys(data.feed);
      },
      uplink: uplink && {
        url: uplink.url,
        office: uplinkPlaces(options.directory).office,
        validators: uplink.validators,
        enrol: (device, keyFile) => enrolOnUplink(options.directory, device, keyFile, now()),
      },
      registration,
      parts,
      askFor: keeper.askFor,
      importMedia,
      importSeniors: file => data.store.importSeniors(file, { now: clock(), isDryRun: false }),
      close: () => closeAll(closers),
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** Whoever copies one place has all keys that lie there. */
function tellKeys({ keys: { keys, together } }: OfficeData, log: Log): void {
  log.info('keys', { ...keys });
  for (const names of together) {
    const isUsual = !names.some(name => ['root', 'personalData'].includes(name));
    log[isUsual ? 'info' : 'warn']('keys-together', { keys: names.join(', ') });
  }
}

function importer({ mediaOwners, store }: OfficeData, now: () => number, trustZeros?: boolean) {
  const release = (moved: readonly Medium[]) => store.people.release(moved, now());
  return (file: string) => mediaOwners.importTable(file, now(), release, undefined, trustZeros);
}

function publish(
  { feed, office, store, trips }: OfficeData,
  options: BackOfficeOptions,
  pace: Pace,
): Publishing {
  const {
    policyFile,
    linesFile,
    crewCardsFile,
    deniedFile,
    trustZeros,
    trustClock,
    timeFrom,
    now = Date.now,
  } = options;
  if (timeFrom !== undefined) checkTimeSources(timeFrom);
  const texts = { policyFile, linesFile, crewCardsFile, trustClock };
  const settings = { feed, office, texts, denied: { file: deniedFile, trustZeros }, timeFrom };
  const prepare = async () => {
    notePast(options.directory, feed, trips, now());
    await store.useKey(await keepEpoch(feed, { now: now(), trustClock }));
  };
  const times = { ...usualTimes, ...options.publishTimes };
  // Whatever the policy asks for, slow validators must be able to follow.
  const followedMs = times.atMost.withinMs / times.atMost.publications;
  const timesNow = {
    ...times,
    get everyMs() {
      return Math.min(times.everyMs, Math.max(pace.publishEveryMs, followedMs));
    },
  };
  return publishOnSchedule(settings, timesNow, prepare, options.log, now);
}

function keepCodes(
  data: OfficeData,
  { source, publishing }: SimApiParts,
  options: BackOfficeOptions,
  pace: Pace,
): HealthKeeper {
  const keeping = { ...usualKeeping, ...options.keeping };
  const keeperOptions = {
    ...keeping,
    rules: { ...usualRules, testMaxAgeH: options.testMaxAgeH },
    now: options.now ?? Date.now,
    get statusMaxAgeMs() {
      return pace.statusMaxAgeMs;
    },
    get askEveryMs() {
      return Math.min(keeping.askEveryMs, pace.askEveryMs);
    },
  };
  const { health } = data.store;
  return keepHealth({ health, source, log: options.log, changed: publishing.soon }, keeperOptions);
}

function openRegistration(
  { store, mediaOwners, feed, trips }: OfficeData,
  { gateway, publishing }: SimApiParts,
  keeper: HealthKeeper,
  { opensAt = () => announcedOpening, liveWithinMs = usualLiveWithinMs, ...options }: BackOfficeOptions,
): Registration {
  function changed(event: 'registered' | 'withdrawn', who: Identity): void {
    if (event === 'registered') void keeper.askFor(who);
    publishing.soon();
    options.heard?.(event, who);
  }
  const { codeLimits: limits = {}, now: officeClock = Date.now, clock: now = officeClock } = options;
  const makeUp = createMakeUp(options.directory, feed, trips, officeClock);
  const parts = { store, mediaOwners, makeUp, gateway, changed };
  return createRegistration(parts, { opensAt, liveWithinMs, limits, now });
}

/** By then a passenger's data is out of the files after a withdrawal. */
const tidyEveryMs = 30_000;

/** @returns stops it; resolves once nothing is under way */
function tidyRegularly(store: Store, now: () => number, log: Log): () => Promise<void> {
  let running = Promise.resolve();
  const tidy = () => {
    running = store.tidy(now()).catch(error => log.error('tidying-failed', { problem: messageOf(error) }));
  };
  const timer = setInterval(tidy, tidyEveryMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** The last started is closed first. */
async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  for (const close of [...closers].reverse()) await close();
}
