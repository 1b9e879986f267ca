/** `check`, composed: the settings as a start reads them, and every driver opened for a look. */
import { dirname } from 'node:path';

import { findDevices } from '../../drivers/found-devices.ts';
import { createTerminalLine } from '../../drivers/terminal-line.ts';
import { checkInitialRoot } from '../../sync/client/initial-root.ts';
import { levelOf } from '../../sync/uplink/topics.ts';
import { checkAuthorities } from '../check/authorities.ts';
import { checkValidator } from '../check/check.ts';
import type { Findings } from '../check/findings.ts';
import { hearParts } from '../check/hardware.ts';
import type { CheckReport, PartReport } from '../check/report.ts';
import { readVersion } from '../command-line.ts';
import { pilotPolicy } from '../core/policy.ts';
import { promptsOf } from '../core/voice.ts';
import type { Log } from '../kit/log.ts';
import { becomeOwnerOf } from '../kit/own-user.ts';
import { closeTogether } from '../kit/process.ts';
import { withinTime } from '../kit/time.ts';
import { createParts, type Parts } from '../parts.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { isUnusable } from '../settings/settings.ts';
import { type Drivers, loadDrivers } from './drivers.ts';
import { readAllSettings, type Settings } from './settings.ts';

/** A driver that hangs while it closes keeps nobody. */
const closeLimitMs = 3000;
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** @param hardwareMs how long devices have to answer; 0 asks none */
export function check(file: string, hardwareMs: number): Promise<CheckReport> {
  becomeFirmwareUser(file);
  return checkValidator(file, {
    version: readVersion(),
    readConfig,
    readAll: readAllSettings,
    commonNameOf: levelOf,
    lookClosely,
    partsOf,
    askHardware: async (config, settings) =>
      hardwareMs === 0 ? notAsked(config) : askHardware({ config, ...settings }, hardwareMs),
    findDevices: () => findDevices(),
    now: Date.now(),
  });
}

/** Whoever the journal is for is whom the firmware runs as. */
function becomeFirmwareUser(file: string): void {
  try {
    becomeOwnerOf(dirname(readConfig(file).journal));
  } catch (error) {
    // Then that is what there is to be told.
    if (!isUnusable(error)) throw error;
  }
}

/** What a start leaves to the first sync, the first ride code, the first connection. */
async function lookClosely(
  { config, keys, rootRecords, uplink, office }: Settings,
  findings: Findings,
): Promise<void> {
  const { device, codeReaders, trust, links, feed } = config;
  if (feed !== undefined) findings.attempt(() => checkInitialRoot(feed.root));
  if (codeReaders.length > 0) await checkAuthorities(rootRecords, trust, Date.now(), findings);
  if ('device' in keys && keys.device !== device)
    findings.warning(`it is the key of ${keys.device}, not of ${device}`, links.fleetKeys);
  if ('fleetKeys' in keys && feed !== undefined)
    findings.warning('has fleet keys: a feed brings them to a device key alone', links.fleetKeys);
  if (uplink === undefined && office === undefined)
    findings.warning(
      'the journal is not sealed: there is neither an uplink nor a journalSeal',
      config.journal,
    );
}

function notAsked(config: Config): PartReport[] {
  return partsOf(config).map(part => ({ ...part, state: 'not-asked' }));
}

/** Whatever is wrong with other files, its parts can be asked. */
type Asked = Pick<Settings, 'config'> & Partial<Pick<Settings, 'busKey' | 'policy'>>;

async function askHardware(settings: Asked, limitMs: number): Promise<PartReport[]> {
  const drivers = await loadDrivers(settings);
  const parts = createParts(quiet);
  const close = openAll(settings, drivers, parts);
  const heard = await hearParts(parts, limitMs);
  await withinTime(Promise.resolve(close()), closeLimitMs, () => undefined);
  const isHeard = ({ part, name }: Pick<PartReport, 'part' | 'name'>) =>
    heard.some(other => other.part === part && other.name === name);
  const left = partsOf(settings.config).filter(part => !isHeard(part));
  return [...heard, ...left.map(part => ({ ...part, state: 'not-asked' as const }))];
}

/** Nothing is shown, said or debited: each part is opened, and what comes from it is nobody's. */
function openAll(settings: Asked, drivers: Drivers, parts: Parts) {
  const { config, policy } = settings;
  const { psam, cardReaders, codeReaders, displays, speakers, crewKeys, receiver, doorContact } = drivers;
  const card = { inserted() {}, removed() {} };
  psam?.open({ ...parts.add('psam', psam.name), ...card });
  for (const reader of cardReaders) reader.open({ ...parts.add('card-reader', reader.name), ...card });
  codeReaders.open({
    reader: name => ({ ...parts.add('code-reader', name), presented() {} }),
    decoder: () => parts.add('decoder', config.decoder),
    fallback() {},
  });
  // Standard output is the report's.
  const shown = displays.filter((_, i) => config.displays[i]?.path !== 'stdout');
  for (const display of shown) display.open(parts.add('display', display.name));
  const { voice } = policy ?? pilotPolicy;
  for (const speaker of speakers) {
    speaker.prepare(promptsOf(voice, speaker.audience));
    speaker.open(parts.add('speaker', speaker.name));
  }
  for (const key of crewKeys) key.open({ ...parts.add('crew-key', key.name), pressed() {} });
  receiver?.open({ ...parts.add('gnss', receiver.name), fix() {} });
  doorContact?.open({ ...parts.add('door-contact', doorContact.name), moved() {} });
  const terminal = config.console && createTerminalLine({ name: 'console', ...config.console });
  terminal?.open({ ...parts.add('console', 'console'), session: wire => void wire.end() });
  const others = [psam, receiver, doorContact, terminal].filter(device => device !== undefined);
  return closeTogether([...cardReaders, codeReaders, ...shown, ...speakers, ...crewKeys, ...others]);
}

function partsOf(config: Config): { part: string; name: string }[] {
  const { cardReaders, psam, codeReaders, displays, speakers, crewKeys, gnss, doorContact } = config;
  const named = (part: string, devices: readonly ({ readonly name: string } | undefined)[]) =>
    devices.flatMap(device => (device === undefined ? [] : [{ part, name: device.name }]));
  return [
    ...named('card-reader', cardReaders),
    ...named('psam', [psam]),
    ...named('code-reader', codeReaders),
    ...named('display', displays),
    ...named('speaker', speakers),
    ...named('crew-key', crewKeys),
    ...named('gnss', [gnss]),
    ...named('door-contact', [doorContact]),
    ...named('console', [config.console && { name: 'console' }]),
  ];
}
