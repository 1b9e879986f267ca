/** One validator of the bus: its firmware process, and the far end of each of its wires. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { createPsam } from '../media/psam.ts';
import { testPurseKeys } from '../media/purse-keys.ts';
import { trackLengthMs } from '../voice/tracks.ts';
import { type CameraPort, createCameraPort, emptyView } from '../wires/camera-port.ts';
import { type CrewKeyPort, createCrewKeyPort } from '../wires/crew-key.ts';
import { createDisplayScreen, type DisplayScreen } from '../wires/display-screen.ts';
import { createDoorContactPort, type DoorContactPort } from '../wires/door-contact.ts';
import { freePort } from '../wires/free-port.ts';
import { createGnssReceiver, type GnssReceiverPort } from '../wires/gnss-receiver.ts';
import { createMp3ModulePort, type Mp3ModulePort } from '../wires/mp3-module.ts';
import { createNextionPort } from '../wires/nextion/nextion.ts';
import { createPsamPort, type PsamPort } from '../wires/psam-port.ts';
import { createScannerPort, type ScannerPort } from '../wires/scanner-port.ts';
import { type CardFault, insertCard, type WireCard } from '../wires/vpcd-card.ts';
import type { BusTime } from './bus-time.ts';
import { type CardSlot, openCardSlots } from './card-slots.ts';
import { type FirmwareProcess, type LogLine, startFirmware } from './firmware-process.ts';
import { type LineStop, lineStops, placeOf } from './line-stops.ts';
import {
  type DisplayKind,
  type FirmwareSettings,
  host,
  journalFile,
  type SharedFiles,
  writeConfig,
} from './validator-settings.ts';

export const postNames = ['front', 'rear'] as const;
export type PostName = (typeof postNames)[number];

const openers = {
  terminal: createDisplayScreen,
  nextion: createNextionPort,
} satisfies Record<DisplayKind, (options: { readonly port: number }) => Promise<DisplayScreen>>;

export interface ValidatorPost {
  readonly name: PostName;
  readonly consolePort: number;
  readonly cardPort: number;
  readonly scanner: ScannerPort;
  readonly camera: CameraPort;
  readonly gnss: GnssReceiverPort;
  readonly crewKey: CrewKeyPort;
  readonly doorContact: DoorContactPort;
  /** How the validator last said that its door stands; undefined before. */
  readonly doorHeard: () => string | undefined;
  /** Undefined where cards are not debited. */
  readonly psam: PsamPort | undefined;
  readonly speakers: { readonly passenger: Mp3ModulePort; readonly crew: Mp3ModulePort };
  readonly screens: { readonly passenger: DisplayScreen; readonly crew: DisplayScreen };
  readonly firmware: FirmwareProcess;
  /** The file's path. */
  readonly journal: string;
  insert(card: WireCard, faults: readonly CardFault[]): ReturnType<typeof insertCard>;
  readonly plugReader: CardSlot['plug'];
  show(frame: GreyFrame | undefined): void;
  close(): Promise<void>;
}

export const cameraSize = { width: 640, height: 480 };
const usualFramesPerSecond = 15;
/** For a bus on a busy machine: each picture costs processor time. */
const patientFramesPerSecond = 2;
/** Receivers on vehicles are often set to five times a second. */
const gnssIntervalMs = 200;
/** Displays and card reader, if not the usual ones. */
export interface PostWiring {
  readonly displays?: DisplayKind | undefined;
  readonly slot?: CardSlot;
  /** It waits long for cards, for the camera, and for what displays and readers answer. */
  readonly isPatient?: boolean;
  /** Where the bus stands when it begins; line 2's first stop unless given. */
  readonly at?: LineStop | undefined;
  /** How many pictures the camera sends; 15 unless given. */
  readonly framesPerSecond?: number;
  /** As it is called in its settings, if not as `deviceOf` says. */
  readonly device?: string | undefined;
  /** It debits cards: the number of its PSAM, 12 digits. */
  readonly terminal?: string | undefined;
  /** The time around it; this computer's unless given. */
  readonly time?: Pick<BusTime, 'now' | 'file'>;
  /** Changes the firmware's settings before it starts. */
  readonly change?: ((usual: FirmwareSettings) => object) | undefined;
}

/** As the validator is called in its settings, and enrolled under. */
export function deviceOf(name: PostName): string {
  return `bus-1-${name}`;
}

/** @param directory the validator's own: settings and journal */
export async function startValidatorPost(
  name: PostName,
  line: string,
  directory: string,
  shared: SharedFiles,
  onLog: (post: PostName, line: LogLine) => void,
  {
    displays = 'terminal',
    slot,
    isPatient = false,
    framesPerSecond = isPatient ? patientFramesPerSecond : usualFramesPerSecond,
    device = deviceOf(name),
    terminal,
    at = lineStops[0],
    time,
    change,
  }: PostWiring = {},
): Promise<ValidatorPost> {
  const idle = emptyView(cameraSize.width, cameraSize.height);
  // Nobody else may take the port of a plug that is pulled.
  const scanner = await createScannerPort({ port: await freePort() });
  const camera = await createCameraPort({ port: await freePort(), framesPerSecond, idle });
  const gnss = await createGnssReceiver({
    port: await freePort(),
    position: placeOf(at),
    intervalMs: gnssIntervalMs,
    ...(time && { now: time.now }),
  });
  const openDisplay = openers[displays];
  const passenger = await openDisplay({ port: await freePort() });
  const crew = await openDisplay({ port: await freePort() });
  const crewKey = await createCrewKeyPort({ port: await freePort() });
  const doorContact = await createDoorContactPort({ port: await freePort() });
  const openSpeaker = async () => createMp3ModulePort({ port: await freePort(), lastsMs: trackLengthMs });
  const speakers = { passenger: await openSpeaker(), crew: await openSpeaker() };
  const { port: cardPort, reader: cardReader, plug } = slot ?? (await openCardSlots('vpcd'))[name];
  const consolePort = await freePort();
  const psam =
    terminal === undefined
      ? undefined
      : createPsamPort(await freePort(), createPsam({ keys: testPurseKeys, terminal }));
  const wires = {
    psam,
    scanner,
    camera,
    gnss,
    passenger,
    crew,
    crewKey,
    doorContact,
    speakers,
    cardPort,
    cardReader,
    consolePort,
  };
  const settings = { device, line, displays, isPatient, ...shared };
  const configFile = writeConfig(directory, settings, wires, change);
  let doorHeard: string | undefined;
  const hear = (entry: LogLine) => {
    if (entry.event === 'door') doorHeard = String(entry.door);
    onLog(name, entry);
  };
  const firmware = startFirmware(configFile, hear, [], time?.file);

  return {
    name,
    consolePort,
    cardPort,
    scanner,
    camera,
    gnss,
    crewKey,
    doorContact,
    doorHeard: () => doorHeard,
    psam,
    speakers,
    screens: { passenger, crew },
    firmware,
    journal: join(directory, journalFile),
    insert: (card, faults) => insertCard({ host, port: cardPort, card, faults }),
    plugReader: plug,
    show: frame => camera.setFrame(frame),
    async close() {
      await firmware.stop();
      await psam?.close();
      const inputs = [scanner, camera, gnss, crewKey, doorContact];
      const ends = [...inputs, passenger, crew, speakers.passenger, speakers.crew];
      await Promise.all(ends.map(wire => wire.close()));
    },
  };
}

/** Its signing key for the uplink. What a bus before this one has noted here of its back office says nothing of ours. */
export function newSigningOf(directory: string): string {
  rmSync(join(directory, `${journalFile}-uplink`), { force: true });
  return join(directory, 'uplink.json');
}

/** Its keys file. @param directory the validator's own */
export function keysOf(directory: string): string {
  return join(directory, 'keys.json');
}
