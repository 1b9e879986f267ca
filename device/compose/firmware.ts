/** The firmware, composed: config → stores → drivers → validator → signals, stopped in reverse. */
import { openKeyRing } from '../../sync/keys/key-ring.ts';
import { openRowSealer } from '../../sync/uplink/row-sealer.ts';
import { commandLine, readVersion } from '../command-line.ts';
import type { ConsoleContext } from '../console/context.ts';
import { openLogin } from '../console/login/open-login.ts';
import type { Occasion } from '../core/prompt-table.ts';
import { serviceOf } from '../core/service-screen.ts';
import { voiceFor } from '../core/voice.ts';
import { createLog } from '../kit/log.ts';
import { readableByOthers } from '../kit/own-file.ts';
import { exitOnCrash, startAnew, stopOnSignals } from '../kit/process.ts';
import { monotonic } from '../kit/time.ts';
import { carryOutReset, maintenanceFiles, resetPlaces } from '../maintenance/factory-reset.ts';
import { hasCrewKeys, secretsOf } from '../settings/config.ts';
import { createCrewDesk } from '../tap/crew-desk.ts';
import { createNoticeBoard } from '../tap/notice-board.ts';
import { openCodeChecker } from '../tap/ride-code-checker.ts';
import { openPlaceDevices } from '../time-and-place/place-devices.ts';
import { createWhereabouts } from '../time-and-place/whereabouts.ts';
import { createTracer } from '../trace/tracer.ts';
import { createOfficeCommands } from '../uplink/office-commands.ts';
import { createValidator } from '../validator.ts';
import { commands } from './commands.ts';
import {
  openCashier,
  openConsole,
  openCrewKeys,
  openDisplays,
  openReaders,
  openSpeakers,
  type Run,
} from './devices.ts';
import { loadDrivers } from './drivers.ts';
import { openMaintenance } from './maintenance.ts';
import { readAllSettings } from './settings.ts';
import { openStores } from './stores.ts';
import { loadSupervisor } from './supervisor.ts';
import { openUplink } from './uplink.ts';

async function start(file: string): Promise<void> {
  // Journal and cache are nobody else's to read.
  process.umask(0o077);
  const settings = readAllSettings(file);
  const office = settings.uplink?.office ?? settings.office;
  const { config } = settings;
  const log = createLog(config.logLevel, config.device);
  exitOnCrash(log);
  carryOutReset(resetPlaces(config), log);
  for (const setting of config.ignored ?? []) log.warn('setting-ignored', { setting });
  // All loading comes first: from here on nothing is awaited, so a signal finds all that is open among the closers.
  const [drivers, sealer, monitoring] = await Promise.all([
    loadDrivers(settings),
    office && openRowSealer(office.sealingKey),
    config.metrics && import('./metrics.ts'),
  ]);
  const supervisor = await loadSupervisor(process.env, log);
  const keys = await openKeyRing(settings.keys, config.links.cache);
  const { checkCode, sm2Engine } = await openCodeChecker(settings.rootRecords, log);
  const closers = stopOnSignals(log, config.stopTimeoutMs);
  const about = { version: readVersion(), sm2Engine };
  log.info('start', { ...about, line: config.line });
  for (const path of readableByOthers(secretsOf(config))) log.warn('others-may-read', { path });
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
  const { outbox: directory } = maintenanceFiles(config.journal);
  const trace = createTracer({ config, ...about, directory, log, clock: time.now });
  closers.push(trace.stop);
  const login = openLogin(config, log);
  const seen = { trace, config, crew, clock: time.now, monotonic, validator, whereabouts, log, login };
  const maintenance = openMaintenance({ ...run, log }, { ...about, ...stores, board, validator, uplink });
  const context: ConsoleContext = {
    ...about,
    ...stores,
    uplink,
    ...seen,
    maintenance,
    flooded: () => undefined,
  };
  openConsole(context, closers);
  if (config.metrics) monitoring?.openMetrics(config.metrics.listen, { ...context, time }, closers);
  const sayReady = () =>
    log.info('ready', { service: serviceOf(parts.list()), tookMs: Math.round(monotonic() - startedAt) });
  void parts.settled().then(sayReady);
  supervisor?.watch(validator, parts, closers);
}

/** @returns when the validator has started, or has said why not */
export const run = (): Promise<void> => commandLine({ run: start, ...commands });
