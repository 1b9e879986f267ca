/** One validator of the bus: its firmware process, and the far end of each of its wires. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { type CameraPort, createCameraPort, emptyView } from '../wires/camera-port.ts';
import { createDisplayScreen, type DisplayScreen } from '../wires/display-screen.ts';
import { freePort } from '../wires/free-port.ts';
import { createGnssReceiver, type GnssReceiverPort } from '../wires/gnss-receiver.ts';
import { createPanelPort } from '../wires/panel/panel.ts';
import { createScannerPort, type ScannerPort } from '../wires/scanner-port.ts';
import { type CardFault, insertCard, type WireCard } from '../wires/vpcd-card.ts';
import { type CardSlot, loopbackReader, openCardSlots } from './card-slots.ts';
import { type FirmwareProcess, type LogLine, startFirmware } from './firmware-process.ts';
import { lineStops, placeOf } from './line-stops.ts';

export type PostName = 'front' | 'rear';

export const displayKinds = ['terminal', 'panel'] as const;
export type DisplayKind = (typeof displayKinds)[number];

export interface SharedFiles {
  readonly trust: string;
  readonly fleetKeys: string;
  readonly policy: string;
  /** A link cache's directory that somebody else fills; each validator has its own unless given. */
  readonly links?: string;
  /** What keeps the link cache up to date. */
  readonly feed?: { readonly url: string; readonly root: string; readonly pollS: number };
}

export interface ValidatorPost {
  readonly name: PostName;
  readonly consolePort: number;
  readonly cardPort: number;
  readonly scanner: ScannerPort;
  readonly camera: CameraPort;
  readonly gnss: GnssReceiverPort;
  readonly screens: { readonly passenger: DisplayScreen; readonly crew: DisplayScreen };
  readonly firmware: FirmwareProcess;
  /** Path. */
  readonly journal: string;
  insert(card: WireCard, faults: readonly CardFault[]): ReturnType<typeof insertCard>;
  readonly plugReader: CardSlot['plug'];
  show(frame: GreyFrame | undefined): void;
  close(): Promise<void>;
}

export const cameraSize = { width: 640, height: 480 };
const framesPerSecond = 15;
/** Receivers on vehicles are often set to five times a second. */
const gnssIntervalMs = 200;
const host = '127.0.0.1';
const journalFile = 'journal.sqlite';

/** What the validator is made of, where it is not the usual. */
export interface PostWiring {
  readonly displays?: DisplayKind | undefined;
  readonly slot?: CardSlot;
}

/** @param directory the validator's own: settings and journal */
export async function startValidatorPost(
  name: PostName,
  line: string,
  directory: string,
  shared: SharedFiles,
  onLog: (post: PostName, line: LogLine) => void,
  { displays = 'terminal', slot }: PostWiring = {},
): Promise<ValidatorPost> {
  const idle = emptyView(cameraSize.width, cameraSize.height);
  const scanner = await createScannerPort({});
  const camera = await createCameraPort({ framesPerSecond, idle });
  const gnss = await createGnssReceiver({ position: placeOf(lineStops[0]), intervalMs: gnssIntervalMs });
  const openDisplay = displays === 'panel' ? createPanelPort : createDisplayScreen;
  const passenger = await openDisplay({});
  const crew = await openDisplay({});
  const { port: cardPort, reader: cardReader, plug } = slot ?? (await openCardSlots('vpcd'))[name];
  const consolePort = await freePort();
  const wires = { scanner, camera, gnss, passenger, crew, cardPort, cardReader, consolePort };
  const configFile = writeConfig(directory, { device: `bus-1-${name}`, line, displays, ...shared }, wires);
  const firmware = startFirmware(configFile, entry => onLog(name, entry));

  return {
    name,
    consolePort,
    cardPort,
    scanner,
    camera,
    gnss,
    screens: { passenger, crew },
    firmware,
    journal: join(directory, journalFile),
    insert: (card, faults) => insertCard({ host, port: cardPort, card, faults }),
    plugReader: plug,
    show: frame => camera.setFrame(frame),
    async close() {
      await firmware.stop();
      await Promise.all([scanner, camera, gnss, passenger, crew].map(wire => wire.close()));
    },
  };
}

/** Where a validator keeps its link cache, unless it is told. @param directory the validator's own */
export function cacheOf(directory: string): string {
  return join(directory, 'links');
}

/** Where the far end of each wire listens; the card's and the console's are the firmware's to listen on. */
interface Wires {
  readonly scanner: Listening;
  readonly camera: Listening;
  readonly passenger: Listening;
  readonly crew: Listening;
  readonly gnss?: Listening;
  readonly cardPort: number;
  /** The card reader's settings; the loopback reader's unless given. */
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
}

/** @returns the path of the firmware's settings, written into `directory` */
export function writeConfig(directory: string, settings: Settings, wires: Wires): string {
  const { device, line, trust, fleetKeys, links = cacheOf(directory), policy, feed } = settings;
  const { displays: driver = 'terminal' } = settings;
  const at = (port: number) => `tcp://${host}:${port}`;
  const config = {
    device,
    line,
    journal: journalFile,
    links: { cache: links, fleetKeys },
    ...(feed !== undefined && { feed }),
    trust,
    policy,
    cardReaders: [{ name: 'card', ...(wires.cardReader ?? loopbackReader(wires.cardPort)) }],
    codeReaders: [
      { name: 'scanner', driver: 'scanner', path: at(wires.scanner.port) },
      { name: 'camera', driver: 'camera', source: at(wires.camera.port) },
    ],
    displays: [
      { name: 'passenger', driver, audience: 'passenger', path: at(wires.passenger.port) },
      { name: 'crew', driver, audience: 'crew', path: at(wires.crew.port) },
    ],
    console: { path: at(wires.consolePort) },
    ...(wires.gnss !== undefined && { gnss: { path: at(wires.gnss.port) } }),
  };
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'config.yaml');
  writeFileSync(file, stringify(config));
  return file;
}
