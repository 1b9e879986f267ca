/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng): section header, interfaces, packets. Cards are LINKTYPE_ISO_14443 with its
 * pseudo-header, serial lines LINKTYPE_RTAC_SERIAL; Wireshark knows both.
 */
import type { Direction } from '../kit/taps.ts';

export const linkTypes = { card: 264, line: 250 } as const;
export type LinkKind = keyof typeof linkTypes;

const blockTypes = { section: 0x0a0d0d0a, interface: 1, packet: 6 };
const [optName, optFlags, optApplication] = [2, 2, 4];
const byteOrderMagic = 0x1a2b3c4d;
const flags: Readonly<Record<Direction, number>> = { in: 1, out: 2 };

export function sectionBlock(application: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(byteOrderMagic, 0);
  head.writeUInt16LE(1, 4);
  // Its length is not known beforehand.
  head.writeBigInt64LE(-1n, 8);
  return block(blockTypes.section, head, [[optApplication, Buffer.from(application)]]);
}

/** Times are in microseconds, which is what readers take where nothing else is said. */
export function interfaceBlock(kind: LinkKind, name: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(linkTypes[kind], 0);
  return block(blockTypes.interface, head, [[optName, Buffer.from(name)]]);
}

export interface Packet {
  /** Which interface, by its number in the file. */
  readonly interfaceId: number;
  /** Unix milliseconds, with fractions. */
  readonly at: number;
  readonly data: Uint8Array;
  readonly direction?: Direction;
}

export function packetBlock({ interfaceId, at, data, direction }: Packet): Buffer {
  const micros = BigInt(Math.max(0, Math.round(at * 1000)));
  const head = Buffer.alloc(20);
  head.writeUInt32LE(interfaceId, 0);
  head.writeUInt32LE(Number(micros >> 32n), 4);
  head.writeUInt32LE(Number(micros & 0xffffffffn), 8);
  head.writeUInt32LE(data.length, 12);
  head.writeUInt32LE(data.length, 16);
  const options: Option[] =
    direction === undefined ? [] : [[optFlags, Buffer.from([flags[direction], 0, 0, 0])]];
  return block(blockTypes.packet, Buffer.concat([head, padded(data)]), options);
}

type Option = readonly [code: number, value: Uint8Array];

function block(type: number, body: Uint8Array, options: readonly Option[]): Buffer {
  const parts = options.flatMap(([code, value]) => [words(code, value.length), padded(value)]);
  const end = options.length === 0 ? [] : [words(0, 0)];
  const inner = Buffer.concat([body, ...parts, ...end]);
  const whole = Buffer.alloc(inner.length + 12);
  whole.writeUInt32LE(type, 0);
  whole.writeUInt32LE(whole.length, 4);
  inner.copy(whole, 8);
  whole.writeUInt32LE(whole.length, whole.length - 4);
  return whole;
}

function words(first: number, second: number): Buffer {
  const both = Buffer.alloc(4);
  both.writeUInt16LE(first, 0);
  both.writeUInt16LE(second, 2);
  return both;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

const cardEvents = { fieldOff: 0xfd, fieldOn: 0xfc, fromCard: 0xfb, toCard: 0xfa } as const;

/** The pseudo-header of LINKTYPE_ISO_14443: version, event, length. Frames are without their CRC. */
export function cardFrame(event: keyof typeof cardEvents, frame: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from([0, cardEvents[event], 0, 0]);
  head.writeUInt16BE(frame.length, 2);
  return Buffer.concat([head, frame]);
}

/** LINKTYPE_RTAC_SERIAL: times (left out: the packet has its own), which way, the lines' levels, a footer that is not used. */
export function lineFrame(direction: Direction, bytes: Uint8Array): Buffer {
  const [transmitted, received] = [0x01, 0x02];
  const head = Buffer.alloc(12);
  head[8] = direction === 'out' ? transmitted : received;
  return Buffer.concat([head, bytes]);
}
