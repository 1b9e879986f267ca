/** The firmware: config → stores → drivers → validator → signals, stopped in reverse. */
import { createCardReader } from '../drivers/card-reader/card-readers.ts';
import { openCodeReaders } from '../drivers/code-reader/code-readers.ts';
import { createDisplay } from '../drivers/display/displays.ts';
import { createNmeaReceiver } from '../drivers/gnss/nmea-receiver.ts';
import { createTerminalLine } from '../drivers/terminal-line.ts';
import { openLinkStore } from '../sync/cache/link-store.ts';
import { findText } from '../sync/cache/texts.ts';
import { createFeedClient } from '../sync/client/feed-client.ts';
import { linesTarget, policyTarget } from '../sync/feed/index-file.ts';
import { readFleetKeys } from '../sync/fleet-keys.ts';
import { createClock, signedAsOf } from './clock.ts';
import { commandLine } from './command-line.ts';
import { startSession } from './console/session.ts';
import { createSeenMedia } from './core/seen.ts';
import { serviceOf } from './core/service-screen.ts';
import { watchFeed } from './feed-watch.ts';
import { openJournal } from './journal.ts';
import { guardJournal, restoreSeen } from './journal-guard.ts';
import { watchLinks } from './links-watch.ts';
import { createLog } from './log.ts';
import { createNoticeBoard } from './notice-board.ts';
import { createParts } from './parts.ts';
import { createPolicySource } from './policy-source.ts';
import { closeTogether, exitOnCrash, stopOnSignals } from './process.ts';
import { openCodeChecker } from './ride-code-checker.ts';
import { readSettings } from './settings/settings.ts';
import { createStopSource } from './stop-source.ts';
import { createValidator } from './validator.ts';
import { readVersion } from './version.ts';
import { createWhereabouts } from './whereabouts.ts';

function run(file: string): void {
  const settings = readSettings(file, readFleetKeys);
  const { config, fleetKeys } = settings;
  const { device, line } = config;
  const log = createLog(config.logLevel, device);
  exitOnCrash(log);
  const closers = stopOnSignals(log);
  const version = readVersion();
  const { checkCode, sm2Engine } = openCodeChecker(settings.rootRecords, log);
  log.info('start', { version, sm2Engine, line });

  const links = openLinkStore(config.links.cache, fleetKeys, {
    changed: state => log.info('links', { ...state }),
    damaged(generation, why) {
      log.error('cache-damaged', { generation, why });
      feed?.replace(generation);
    },
  });
  const time = createClock({ ...config.clock, floor: () => signedAsOf(links.describe()) });
  const clock = time.now;
  const startedAt = clock();
  const parts = createParts(clock, log);
  const stopClock = time.watch(parts.add('clock', 'clock'), log);
  const findFed = (name: string) => config.feed && findText(config.links.cache, name);
  const policies = createPolicySource(settings.policy, () => findFed(policyTarget), log);
  const stops = createStopSource(line, () => findFed(linesTarget), log);
  const policy = policies.current;
  const stopWatching = watchLinks(links, policy, clock, parts.add('links', 'links'));
  const seenMedia = createSeenMedia(() => policy().repeatWindowS);
  const open = () => openJournal(config.journal, device);
  const remember = restoreSeen(seenMedia, clock);
  const journal = guardJournal(open, parts.add('journal', 'journal'), clock, remember);

  const syncing = settings.feed && {
    ...settings.feed,
    keys: fleetKeys,
    directory: config.links.cache,
    aheadMs: time.aheadMs,
  };
  const feed =
    syncing &&
    watchFeed({ part: parts.add('feed', 'feed'), log, clock, links, texts: [policies, stops] }, events =>
      createFeedClient(syncing, events),
    );
  closers.push(links.close, stopClock, stopWatching, journal.close, () => feed?.close());

  const displays = config.displays.map(createDisplay);
  const cardReaders = config.cardReaders.map(createCardReader);
  const whereabouts = createWhereabouts(stops.current, log);
  const board = createNoticeBoard({ displays, cardReaders, parts, line, whereabouts }, config.noticeMs);
  const taking = { line, policy, checkCode, links, journal, seenMedia };
  const validator = createValidator({ ...taking, board, stop: whereabouts.stop, clock: time, log });
  closers.push(validator.idle);
  for (const display of displays) display.open(parts.add('display', display.name));
  closers.push(closeTogether(displays), board.close);

  for (const reader of cardReaders) {
    reader.open(validator.cardEvents(reader.name, parts.add('card-reader', reader.name)));
  }
  const codeReaders = openCodeReaders(config.codeReaders, config.decoder, {
    reader: (name, needs) => validator.codeEvents(name, parts.add('code-reader', name, needs)),
    decoder: () => parts.add('decoder', config.decoder),
    fallback: why => log.warn('decoder-fallback', { why }),
  });
  closers.push(closeTogether([...cardReaders, codeReaders]));
  const receiver = config.gnss && createNmeaReceiver(config.gnss);
  const listeners = [time, whereabouts];
  receiver?.open({
    ...parts.add('gnss', receiver.name),
    fix: fix => listeners.map(listener => listener.hear(fix)),
  });
  closers.push(() => receiver?.close(), whereabouts.close);
  if (config.console !== undefined) {
    const terminal = createTerminalLine({ name: 'console', ...config.console });
    const about = { version, startedAt, config, sm2Engine, clock, time };
    const context = { ...about, policy, parts, links, feed, journal, validator, whereabouts };
    terminal.open({ ...parts.add('console', 'console'), session: wire => startSession(wire, context) });
    closers.push(terminal.close);
  }
  const sayReady = () => log.info('ready', { service: serviceOf(parts.list()), tookMs: clock() - startedAt });
  void parts.settled().then(sayReady);
}

commandLine(run);
