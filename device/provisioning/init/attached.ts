/** What is attached to a validator, as far as names tell; and the settings that are made of it. */
import { stringify } from 'yaml';
import { outside } from '../places.ts';

export const serialRoles = ['scanner', 'gnss', 'passenger-display', 'crew-display', 'console'] as const;
export type SerialRole = (typeof serialRoles)[number];

export const doors = ['both', 'on', 'off'] as const;
export type Door = (typeof doors)[number];

export interface Attached {
  /** Part of a PC/SC slot's name, `any` for the first contactless one, undefined for none. */
  readonly cardReader: string | undefined;
  /** Wires, each for one thing. */
  readonly serial: Readonly<Partial<Record<SerialRole, string>>>;
  /** `/dev/videoN` */
  readonly camera: string | undefined;
}

export interface Described {
  readonly device: string;
  readonly line: string;
  readonly door: Door;
  /** The bus's own number. */
  readonly bus: string | undefined;
}

export interface Found {
  readonly cardReaders: readonly string[] | null;
  readonly serialPorts: readonly string[];
  readonly cameras: readonly string[];
  readonly framebuffers: readonly string[];
}

/** The screen of a machine that has one: a terminal display draws on its first console. */
export const firstConsole = '/dev/tty1';

const roleNames: readonly (readonly [SerialRole, RegExp])[] = [
  ['gnss', /gnss|gps|u-?blox|beidou|quectel/i],
  ['scanner', /scan|barcode|honeywell|newland|zebra|datalogic|symbol_/i],
];

/** @returns what is at a port by its name; undefined where the name says nothing, as `usb-1a86_USB_Serial` */
export function roleByName(port: string): SerialRole | undefined {
  return roleNames.find(([, pattern]) => pattern.test(port))?.[0];
}

/** @param slot the best slot for passengers' cards. */
export function proposeAttached(found: Found, slot: string | undefined): Attached {
  const serial: Partial<Record<SerialRole, string>> = {};
  for (const port of found.serialPorts) {
    const role = roleByName(port);
    if (role !== undefined) serial[role] ??= port;
  }
  if (found.framebuffers.length > 0) serial['passenger-display'] ??= firstConsole;
  return { cardReader: slot === undefined ? undefined : lastingName(slot), serial, camera: found.cameras[0] };
}

/** pcscd's last two numbers say in which order readers were plugged in. */
function lastingName(slot: string): string {
  return slot.replace(/( [0-9A-F]{2}){1,2}$/, '');
}

/** A validator without any reader waits for the first contactless one: settings need one. */
export function withReader(attached: Attached): Attached {
  const { cardReader, camera, serial } = attached;
  const isThere = cardReader !== undefined || camera !== undefined || serial.scanner !== undefined;
  return isThere ? attached : { ...attached, cardReader: anyReader };
}

/** YAML. */
export function settingsText({ device, line, door, bus }: Described, attached: Attached): string {
  const { cardReader, camera, serial } = attached;
  const codeReaders = [
    ...(serial.scanner === undefined ? [] : [{ name: 'scanner', driver: 'scanner', path: serial.scanner }]),
    ...(camera === undefined ? [] : [{ name: 'camera', driver: 'camera', source: { v4l2: camera } }]),
  ];
  const displays = [
    ...display('passenger', serial['passenger-display']),
    ...display('crew', serial['crew-display']),
  ];
  return stringify({
    device,
    line,
    ...(bus !== undefined && { bus }),
    door,
    journal: outside.journal,
    links: { cache: outside.cache, fleetKeys: outside.deviceKey },
    trust: 'trust.json',
    ...(cardReader !== undefined && { cardReaders: [cardReaderOf(cardReader)] }),
    ...(codeReaders.length > 0 && { codeReaders }),
    ...(displays.length > 0 && { displays }),
    ...(serial.console !== undefined && { console: { path: serial.console } }),
    ...(serial.gnss !== undefined && { gnss: { path: serial.gnss } }),
  });
}

export const anyReader = 'any';

function cardReaderOf(reader: string) {
  return { name: 'card', driver: 'pcsc', ...(reader !== anyReader && { reader }) };
}

/** A serial display is a Nextion; what has a console of its own draws as a terminal. */
function display(audience: 'passenger' | 'crew', path: string | undefined) {
  if (path === undefined) return [];
  const driver = /^\/dev\/tty\d+$/.test(path) ? 'terminal' : 'nextion';
  return [{ name: audience, driver, audience, path }];
}
