/** The firmware, composed: config → stores → drivers → validator → signals, stopped in reverse. */
import { createCardReader } from '../drivers/card-reader/card-readers.ts';
import { createCodeReaders } from '../drivers/code-reader/code-readers.ts';
import { createCrewKey } from '../drivers/crew-key/crew-keys.ts';
import { createDisplay } from '../drivers/display/displays.ts';
import { createDoorContact } from '../drivers/door-contact/door-contacts.ts';
import { createSpeaker } from '../drivers/speaker/speakers.ts';
import { createTerminalLine } from '../drivers/terminal-line.ts';
import { openLinkStore } from '../sync/cache/link-store.ts';
import { findTarget } from '../sync/cache/targets.ts';
import { createFeedClient } from '../sync/client/feed-client.ts';
import { linesTarget, policyTarget } from '../sync/feed/index-file.ts';
import { type KeyRing, openKeyRing } from '../sync/keys/key-ring.ts';
import { readKeysFile } from '../sync/keys/keys-file.ts';
import { openRowSealer } from '../sync/uplink/row-sealer.ts';
import { createUplinkClient } from '../sync/uplink/uplink-client.ts';
import { type OfficeKeys, readOfficeKeys, readUplinkFiles } from '../sync/uplink/uplink-keys.ts';
import { commandLine, readVersion } from './command-line.ts';
import type { ConsoleContext } from './console/context.ts';
import { startSession } from './console/session.ts';
import type { Occasion, VoicePolicy } from './core/prompt-table.ts';
import { serviceOf } from './core/service-screen.ts';
import { promptsOf, voiceFor } from './core/voice.ts';
import { watchFeed } from './feed/feed-watch.ts';
import { watchLinks } from './feed/links-watch.ts';
import { createPolicySource } from './feed/policy-source.ts';
import { createStopSource } from './feed/stop-source.ts';
import { createLog, type Log } from './kit/log.ts';
import { readableByOthers } from './kit/own-file.ts';
import { type Closer, closeTogether, exitOnCrash, startAnew, stopOnSignals } from './kit/process.ts';
import { type Clock, everySecond, monotonic } from './kit/time.ts';
import { createParts, type Parts } from './parts.ts';
import { type Cashier, createCashier } from './payment/cashier.ts';
import { openPsamSlot } from './payment/psam-slot.ts';
import type { BusLink, RowSealer } from './ports.ts';
import { openRides } from './rides.ts';
import { type Config, hasCrewKeys } from './settings/config.ts';
import { readSettings } from './settings/settings.ts';
import { type CrewDesk, createCrewDesk } from './tap/crew-desk.ts';
import { createNoticeBoard, type NoticeBoard } from './tap/notice-board.ts';
import { openCodeChecker } from './tap/ride-code-checker.ts';
import { createClock, signedAsOf } from './time-and-place/clock.ts';
import { openPlaceDevices } from './time-and-place/place-devices.ts';
import { createWhereabouts } from './time-and-place/whereabouts.ts';
import { createOfficeCommands } from './uplink/office-commands.ts';
import { type UplinkWatchParts, watchUplink } from './uplink/uplink-watch.ts';
import { createValidator, type Validator } from './validator.ts';

type Uplink = ReturnType<typeof readUplinkFiles>;
type Settings = ReturnType<typeof readSettings<ReturnType<typeof readKeysFile>, Uplink, OfficeKeys>>;

/** What the devices are opened with. */
interface Run {
  readonly config: Config;
  readonly drivers: Awaited<ReturnType<typeof loadDrivers>>;
  readonly parts: Parts;
  readonly log: Log;
  readonly closers: Closer[];
}

async function start(file: string): Promise<void> {
  // Journal and cache are nobody else's to read.
  process.umask(0o077);
  const settings = readSettings(file, readKeysFile, readUplinkFiles, readOfficeKeys);
  const office = settings.uplink?.office ?? settings.office;
  const { config } = settings;
  const log = createLog(config.logLevel, config.device);
  exitOnCrash(log);
  // All loading comes first: from here on nothing is awaited, so a signal finds all that is open among the closers.
  const [drivers, sealer] = await Promise.all([
    loadDrivers(settings),
    office && openRowSealer(office.sealingKey),
  ]);
  const keys = await openKeyRing(settings.keys, config.links.cache);
  const { checkCode, sm2Engine } = await openCodeChecker(settings.rootRecords, log);
  const closers = stopOnSignals(log, config.stopTimeoutMs);
  const about = { version: readVersion(), sm2Engine };
  log.info('start', { ...about, line: config.line });
  const { journal, links } = config;
  for (const path of readableByOthers([links.fleetKeys, links.cache, journal])) {
    log.warn('others-may-read', { path });
  }
  if (sealer === undefined) log.warn('journal-not-sealed');

  const stores = openStores(settings, keys, { ...drivers, sealer }, log, closers);
  const { parts, time, startedAt } = stores;
  const whereabouts = createWhereabouts(() => ({ stops: stores.stops(), route: stores.route() }), log);
  const obey = createOfficeCommands(() => context, startAnew);
  const uplink = openUplink(settings, { ...stores, clock: time.now, whereabouts, obey }, log, closers);
  const { line, cardTimeoutMs, noticeMs } = config;
  const knownTime = () => (time.isKnown() ? time.now() : Number.NaN);
  const voice = (occasion: Occasion) => voiceFor(occasion, stores.policy().voice, knownTime());
  const board = createNoticeBoard({ ...drivers, voice, parts, line, whereabouts }, noticeMs);
  const hasKeys = hasCrewKeys(config);
  const crew = createCrewDesk({ policy: stores.policy, board, log, hasKeys });
  const run: Run = { config, drivers, parts, log, closers };
  const { bus = config.device.slice(0, 8), door } = config;
  const cashier = openCashier(run, stores, time.now);
  const taking = {
    line,
    bus,
    door,
    cardTimeoutMs,
    ...stores,
    checkCode,
    stop: whereabouts.stop,
    clock: time,
  };
  const validator = createValidator({ ...taking, cashier, crew, board, log });
  closers.push(validator.idle);

  openDisplays(run, board, crew);
  openCrewKeys(run, crew);
  openSpeakers(run, () => stores.policy().voice);
  openReaders(run, validator);
  openPlaceDevices(run, time, whereabouts);
  closers.push(whereabouts.close);
  const seen = { config, crew, clock: time.now, monotonic, validator, whereabouts };
  const context: ConsoleContext = { ...about, ...stores, uplink, ...seen, flooded: () => undefined };
  openConsole(context, closers);
  const sayReady = () =>
    log.info('ready', { service: serviceOf(parts.list()), tookMs: Math.round(monotonic() - startedAt) });
  void parts.settled().then(sayReady);
}

async function loadDrivers({ config, busKey }: Settings) {
  const { displays, speakers, cardReaders, codeReaders, decoder, gnss, crewKeys, doorContact, psam, device } =
    config;
  return {
    psam: psam && (await createCardReader(psam)),
    codeReaders: createCodeReaders(codeReaders, decoder),
    displays: await Promise.all(displays.map(createDisplay)),
    speakers: await Promise.all(speakers.map(createSpeaker)),
    cardReaders: await Promise.all(cardReaders.map(createCardReader)),
    crewKeys: await Promise.all(crewKeys.map(createCrewKey)),
    receiver: gnss && (await import('../drivers/gnss/nmea-receiver.ts')).createNmeaReceiver(gnss),
    doorContact: doorContact && (await createDoorContact(doorContact)),
    busLink:
      config.busLink &&
      busKey &&
      (await import('../drivers/bus-link/bus-link.ts')).createBusLink(
        { name: 'bus-link', ...config.busLink },
        { device, key: busKey },
      ),
  };
}

/** What the validator knows: time, links, policy, stops, journal; and the feed that keeps it up to date. */
function openStores(
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
  const syncing = feedSettings && {
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
      },
      events => createFeedClient(syncing, events),
    );
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
  };
}

function openUplink(
  { config, uplink: files }: Settings,
  { feed, ...known }: ReturnType<typeof openStores> & Omit<UplinkWatchParts, 'log' | 'syncNow'>,
  log: Log,
  closers: Closer[],
) {
  if (config.uplink === undefined || files === undefined) return undefined;
  const settings = {
    ...files,
    broker: config.uplink,
    version: readVersion(),
    mark: `${config.journal}-uplink`,
  };
  const uplink = watchUplink({ ...known, log, syncNow: () => feed?.syncNow() }, events =>
    createUplinkClient(settings, events),
  );
  closers.push(uplink.close);
  return uplink;
}

function openCashier(
  { config, drivers, parts, log, closers }: Run,
  { journal, policy }: Pick<ReturnType<typeof openStores>, 'journal' | 'policy'>,
  clock: Clock,
): Cashier | undefined {
  if (drivers.psam === undefined || config.psam === undefined) return undefined;
  const { name, keyIndex } = config.psam;
  const psam = openPsamSlot(drivers.psam, keyIndex, parts.add('psam', name));
  closers.push(psam.close);
  return createCashier({ psam, journal, clock, repeatWindowS: () => policy().repeatWindowS, log });
}

function openDisplays(
  { drivers: { displays }, parts, closers }: Run,
  board: NoticeBoard,
  crew: Pick<CrewDesk, 'press'>,
): void {
  const touched = () => crew.press('touch');
  for (const display of displays) display.open({ ...parts.add('display', display.name), touched });
  closers.push(closeTogether(displays), board.close);
}

function openCrewKeys({ drivers: { crewKeys }, parts, closers }: Run, crew: Pick<CrewDesk, 'press'>): void {
  const pressed = () => crew.press('key');
  for (const key of crewKeys) key.open({ ...parts.add('crew-key', key.name), pressed });
  closers.push(closeTogether(crewKeys));
}

/** Another policy may need other prompts. */
function openSpeakers({ drivers: { speakers }, parts, closers }: Run, voice: () => VoicePolicy): void {
  if (speakers.length === 0) return;
  let prepared: VoicePolicy | undefined;
  const prepare = () => {
    if (prepared === voice()) return;
    prepared = voice();
    for (const speaker of speakers) speaker.prepare(promptsOf(prepared, speaker.audience));
  };
  prepare();
  for (const speaker of speakers) speaker.open(parts.add('speaker', speaker.name));
  closers.push(everySecond(prepare), closeTogether(speakers));
}

function openReaders(
  { config, drivers: { cardReaders, codeReaders }, parts, log, closers }: Run,
  validator: Validator,
): void {
  for (const reader of cardReaders) {
    const needs = config.psam === undefined ? undefined : 'psam';
    reader.open(validator.cardEvents(reader.name, parts.add('card-reader', reader.name, needs)));
  }
  codeReaders.open({
    reader: (name, needs) => validator.codeEvents(name, parts.add('code-reader', name, needs)),
    decoder: () => parts.add('decoder', config.decoder),
    fallback: why => log.warn('decoder-fallback', { why }),
  });
  closers.push(closeTogether([...cardReaders, codeReaders]));
}

function openConsole(about: ConsoleContext, closers: Closer[]): void {
  const { config, parts } = about;
  if (config.console === undefined) return;
  const terminal = createTerminalLine({ name: 'console', ...config.console });
  const part = parts.add('console', 'console');
  const context = { ...about, flooded: () => part.flooded?.() };
  terminal.open({ ...part, session: wire => startSession(wire, context) });
  closers.push(terminal.close);
}

/** @returns when the validator has started, or has said why not */
export const run = (): Promise<void> => commandLine(start);
