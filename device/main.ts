/** The firmware: config → stores → drivers → validator → signals, stopped in reverse. */
import { createVpcdReader } from '../drivers/card-reader/vpcd.ts';
import { createCamera } from '../drivers/code-reader/camera.ts';
import { createDecoder } from '../drivers/code-reader/decoder.ts';
import { createScanner } from '../drivers/code-reader/scanner.ts';
import { createTerminalDisplay } from '../drivers/display/terminal.ts';
import { createTerminalLine } from '../drivers/terminal-line.ts';
import { readFleetKeys } from '../sync/fleet-keys.ts';
import { openLinkStore } from '../sync/link-store.ts';
import { commandLine } from './command-line.ts';
import { readConfig } from './config.ts';
import { startSession } from './console/session.ts';
import { createCodeChecker, readRootRecords } from './core/ride-code.ts';
import { createSeenMedia } from './core/seen.ts';
import { serviceOf } from './core/service-screen.ts';
import { openJournal } from './journal.ts';
import { guardJournal, restoreSeen } from './journal-guard.ts';
import { watchLinks } from './links-watch.ts';
import { createLog } from './log.ts';
import { createNoticeBoard } from './notice-board.ts';
import { createParts } from './parts.ts';
import { readPolicy } from './policy-file.ts';
import { closeTogether, exitOnCrash, stopOnSignals } from './process.ts';
import { readEach } from './read-each.ts';
import { selectSm2 } from './sm2/select.ts';
import { readTrustFile } from './trust-file.ts';
import { createValidator } from './validator.ts';
import { readVersion } from './version.ts';

const clock = Date.now;

function run(file: string): void {
  const startedAt = clock();
  const config = readConfig(file);
  const { policy, records, fleetKeys } = readEach({
    policy: () => readPolicy(config.policy),
    records: () => readTrustFile(config.trust),
    fleetKeys: () => readFleetKeys(config.links.fleetKeys),
  });
  const { device, line } = config;
  const log = createLog(config.logLevel, device);
  exitOnCrash(log);
  const closers = stopOnSignals(log);
  const version = readVersion();
  const { sm2, engine: sm2Engine } = selectSm2();
  const roots = readRootRecords(records, sm2, problem => log.error('root-record-refused', { problem }));
  const checkCode = createCodeChecker(roots, sm2);
  log.info('start', { version, sm2Engine, line });

  const parts = createParts(clock, log);
  const links = openLinkStore(config.links.file, fleetKeys, state => log.info('links', { ...state }));
  const stopWatching = watchLinks(links, policy, clock, parts.add('links', 'links'));
  const seenMedia = createSeenMedia(policy.repeatWindowS);
  const open = () => openJournal(config.journal, device);
  const remember = restoreSeen(seenMedia, clock);
  const journal = guardJournal(open, parts.add('journal', 'journal'), clock, remember);
  closers.push(links.close, stopWatching, journal.close);

  const displays = config.displays.map(createTerminalDisplay);
  const board = createNoticeBoard(displays, parts, line, config.noticeMs);
  const taking = { line, policy, checkCode, links, journal, seenMedia };
  const validator = createValidator({ ...taking, board, clock, log });
  closers.push(validator.idle);
  for (const display of displays) display.open(parts.add('display', display.name));
  closers.push(closeTogether(displays), board.close);

  const cardReaders = config.cardReaders.map(createVpcdReader);
  for (const reader of cardReaders) {
    reader.open(validator.cardEvents(reader.name, parts.add('card-reader', reader.name)));
  }
  const scanners = config.codeReaders.filter(settings => settings.driver === 'scanner').map(createScanner);
  for (const reader of scanners) {
    reader.open(validator.codeEvents(reader.name, parts.add('code-reader', reader.name)));
  }
  closers.push(closeTogether([...cardReaders, ...scanners]));
  const cameraSettings = config.codeReaders.filter(settings => settings.driver === 'camera');
  if (cameraSettings.length > 0) {
    const part = parts.add('decoder', config.decoder);
    const fallback = (why: string) => log.warn('decoder-fallback', { why });
    const decoder = createDecoder({ engine: config.decoder, events: { ...part, fallback } });
    const cameras = cameraSettings.map(settings => createCamera({ ...settings, decoder }));
    for (const reader of cameras) {
      reader.open(validator.codeEvents(reader.name, parts.add('code-reader', reader.name, 'decoder')));
    }
    closers.push(decoder.close, closeTogether(cameras));
  }
  if (config.console !== undefined) {
    const terminal = createTerminalLine({ name: 'console', ...config.console });
    const context = {
      version,
      startedAt,
      config,
      policy,
      parts,
      links,
      journal,
      validator,
      sm2Engine,
      clock,
    };
    terminal.open({ ...parts.add('console', 'console'), session: wire => startSession(wire, context) });
    closers.push(terminal.close);
  }
  const sayReady = () => log.info('ready', { service: serviceOf(parts.list()), tookMs: clock() - startedAt });
  void parts.settled().then(sayReady);
}

commandLine(run);
