/** The settings that one validator of the bus is started with: its files, and the addresses of its wires. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Audience, audiences } from '../../device/core/screen.ts';
import { confirmComponent } from '../wires/nextion/machine.ts';
import { type CardSlot, loopbackReader } from './card-slots.ts';
import type { DoorWay } from './door-ways.ts';

export const displayKinds = ['terminal', 'nextion'] as const;
export type DisplayKind = (typeof displayKinds)[number];

export interface SharedFiles {
  readonly trust: string;
  readonly fleetKeys: string;
  readonly policy: string;
  /** Directory of a link cache that somebody else fills; without it, each validator has its own. */
  readonly links?: string;
  /** The feed that keeps the link cache up to date. */
  readonly feed?: { readonly url: string; readonly root: string; readonly pollS: number };
  /** The way to the other door; left out, each knows of its own alone. */
  readonly busLink?: DoorWay;
  /** The way to the back office, and the keys for it. */
  readonly uplink?: UplinkFiles;
}

/** The broker's address, and paths; certificates are for mqtts://. */
export interface UplinkFiles {
  readonly url: string;
  readonly office: string;
  readonly signing: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The speakers' names in the settings. */
export const voiceNames = { passenger: 'voice', crew: 'crew-voice' } as const;
/** The key's name in the settings. */
export const crewKeyName = 'confirm-key';
/** The contact's name in the settings. */
export const doorContactName = 'door-contact';
export const host = '127.0.0.1';
export const journalFile = 'journal.sqlite';

/** The bus's own number, on its cards' records. */
export const busNumber = 'bus-1';

/** As in the settings file. */
export type FirmwareSettings = ReturnType<typeof usualSettings>;

/** Where a validator keeps its own link cache. @param directory the validator's own */
export function cacheOf(directory: string): string {
  return join(directory, 'links');
}

/** The ports of the wires. The simulator listens on all but the card's and the console's, where the firmware does. */
interface Wires {
  readonly scanner: Listening;
  readonly camera: Listening;
  readonly passenger: Listening;
  readonly crew: Listening;
  readonly gnss?: Listening;
  readonly crewKey?: Listening;
  readonly doorContact?: Listening;
  readonly speakers?: Readonly<Record<Audience, Listening>>;
  readonly psam?: Listening | undefined;
  readonly cardPort: number;
  /** The card reader's settings; by default the loopback reader's. */
  readonly cardReader?: CardSlot['reader'];
  readonly consolePort: number;
}

interface Listening {
  readonly port: number;
}

interface Settings extends SharedFiles {
  readonly device: string;
  readonly line: string;
  /** `terminal` unless given. */
  readonly displays?: DisplayKind;
  readonly isPatient?: boolean;
}

/** Writes the firmware's settings into `directory`. @returns the file's path */
export function writeConfig(
  directory: string,
  settings: Settings,
  wires: Wires,
  change: (usual: FirmwareSettings) => object = usual => usual,
): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'config.yaml');
  writeFileSync(file, stringify(change(usualSettings(directory, settings, wires))));
  return file;
}

function usualSettings(directory: string, settings: Settings, wires: Wires) {
  const {
    device,
    line,
    trust,
    fleetKeys,
    links = cacheOf(directory),
    policy,
    feed,
    uplink,
    busLink,
  } = settings;
  const { displays: driver = 'terminal', isPatient = false } = settings;
  const { cardReader = loopbackReader(wires.cardPort), speakers } = wires;
  const waiting = isPatient && driver === 'nextion' ? { answerTimeoutMs: 10_000 } : {};
  const touch = driver === 'nextion' ? { confirm: confirmComponent } : {};
  const at = (port: number) => `tcp://${host}:${port}`;
  return {
    device,
    line,
    journal: journalFile,
    links: { cache: links, fleetKeys },
    ...(feed !== undefined && { feed }),
    ...(uplink !== undefined && { uplink }),
    trust,
    policy,
    cardReaders: [
      {
        name: 'card',
        ...cardReader,
        ...(isPatient && { apduTimeoutMs: 5000 }),
        ...(isPatient && cardReader.driver === 'pcsc' && { heartbeatTimeoutMs: 10_000 }),
      },
    ],
    bus: busNumber,
    ...(busLink !== undefined && { busLink }),
    ...(wires.psam !== undefined && {
      psam: { ...loopbackReader(wires.psam.port), ...(isPatient && { apduTimeoutMs: 5000 }) },
    }),
    codeReaders: [
      { name: 'scanner', driver: 'scanner', path: at(wires.scanner.port) },
      {
        name: 'camera',
        driver: 'camera',
        source: at(wires.camera.port),
        ...(isPatient && { frameTimeoutMs: 60_000 }),
      },
    ],
    displays: [
      { name: 'passenger', driver, audience: 'passenger', path: at(wires.passenger.port), ...waiting },
      { name: 'crew', driver, audience: 'crew', path: at(wires.crew.port), ...waiting, ...touch },
    ],
    ...(speakers !== undefined && {
      speakers: audiences.map(audience => ({
        name: voiceNames[audience],
        driver: 'mp3-module' as const,
        audience,
        path: at(speakers[audience].port),
        // Their far ends are in this process, which may be busy.
        answerTimeoutMs: 10_000,
      })),
    }),
    ...(isPatient && { cardTimeoutMs: 10_000 }),
    ...(wires.crewKey !== undefined && {
      crewKeys: [{ name: crewKeyName, driver: 'serial-key', path: at(wires.crewKey.port) }],
    }),
    ...(wires.doorContact !== undefined && {
      doorContact: {
        name: doorContactName,
        driver: 'serial-contact' as const,
        path: at(wires.doorContact.port),
      },
    }),
    console: { path: at(wires.consolePort) },
    ...(wires.gnss !== undefined && { gnss: { path: at(wires.gnss.port) } }),
  };
}
