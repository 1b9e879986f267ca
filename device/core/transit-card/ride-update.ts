/**
 * What a validator writes on a T-Union card with a purchase (JT/T 978): the ride's state (record 0x1A, see ride-record.ts) and a
 * record of the ride (file 0x1E, 48 bytes: 0 type; 1–8 terminal; 9 industry; 10–11 line; 12–13 stop; 14–16 operator;
 * 17–20 amount; 21–24 balance after; 25–31 when; 32–33 city; 34–41 acquirer).
 */
import { beijingTimeBytes } from '../beijing-time.ts';
import { bcdBytes, fromHex, uintBytes } from '../bytes.ts';
import { marksAt, offAfterOn, rideStates, valid } from './ride-record.ts';

/** Where a tap is made. */
export interface TapPlace {
  readonly line: string;
  /** The bus's own number, up to 8 printable ASCII characters. */
  readonly bus: string;
  /** The PSAM's number, 6 bytes. */
  readonly terminal: Uint8Array;
  /** Unix milliseconds; NaN where no time is known: then none is written. */
  readonly at: number;
  /** Undefined where the bus does not know it. */
  readonly stop: { readonly id: string; readonly number: number } | undefined;
}

/** Types of file 0x1E. */
export const rideRecordTypes = { on: 0x03, off: 0x04, single: 0x06 } as const;

const beijing = Uint8Array.of(0x10, 0x00);
/** The Beijing bus group takes the fare. */
const acquirer = fromHex('11011000FFFFFFFF') ?? new Uint8Array(8);
const busIndustry = 0x02;
const farthestM = 0xffff;

/** @param before the record as the card has it. @returns it after getting on */
export function boarded(before: Uint8Array, place: TapPlace, mostFen: number): Uint8Array {
  const record = begun(before);
  record.set(placeBytes(place), 15);
  record.set(uintBytes(mostFen, 4), 53);
  record.fill(0, 57, marksAt.off + 4);
  record.set(uintBytes(stopMark(place.stop?.id), 4), marksAt.on);
  record[14] = rideStates.on;
  return record;
}

/** @returns the record after getting off */
export function alighted(
  before: Uint8Array,
  place: TapPlace,
  fareFen: number,
  distanceM: number | undefined,
): Uint8Array {
  const record = before.slice();
  record.set(placeBytes(place), 15 + offAfterOn);
  record.set(uintBytes(fareFen, 4), 96);
  // In units of 100 m, so that two bytes are enough for any line.
  record.set(uintBytes(Math.min(farthestM, Math.round((distanceM ?? 0) / 100)), 2), 100);
  record.set(uintBytes(stopMark(place.stop?.id), 4), marksAt.off);
  record[14] = rideStates.off;
  return record;
}

/** @returns the record after a ride that is paid at boarding, and pays for one that was left open */
export function settledAtBoarding(before: Uint8Array, place: TapPlace, fareFen: number): Uint8Array {
  return alighted(boarded(before, place, 0), place, fareFen, undefined);
}

/** @param balanceFen after the purchase. @returns 48 bytes for file 0x1E */
export function rideRecord(
  type: keyof typeof rideRecordTypes,
  place: TapPlace,
  amountFen: number,
  balanceFen: number,
): Uint8Array {
  const record = new Uint8Array(48);
  record[0] = rideRecordTypes[type];
  record.set(terminalBytes(place), 1);
  record[9] = busIndustry;
  record.set(lineBytes(place.line), 10);
  record.set(uintBytes(place.stop?.number ?? 0, 2), 12);
  record.set(uintBytes(amountFen, 4), 17);
  record.set(uintBytes(Math.max(0, balanceFen), 4), 21);
  record.set(beijingTimeBytes(place.at), 25);
  record.set(beijing, 32);
  record.set(acquirer, 34);
  return record;
}

/**
 * A stop's number on its line changes with the line, its id does not: FNV-1a of the id, 32 bits.
 * @returns 0 for no stop
 */
export function stopMark(id: string | undefined): number {
  if (id === undefined) return 0;
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash === 0 ? 1 : hash;
}

/** The line's digits as the card has them: a name without any is 0. */
export function lineDigits(line: string): string {
  return (
    line
      .replace(/\D/g, '')
      .slice(-4)
      .replace(/^0+(?=\d)/, '') || '0'
  );
}

/** A card that has never been used for a ride gets its head too. */
function begun(before: Uint8Array): Uint8Array {
  const record = before.slice();
  record.set([0x27, 0x02, 0x7d, valid, 0x01], 0);
  const serial = before.subarray(6, 14);
  record.set(bcdBytes((bcdNumber(serial) + 1) % 1e15, 8), 6);
  return record;
}

function bcdNumber(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 100 + (byte >> 4) * 10 + (byte & 0x0f);
  return value;
}

/** 38 bytes: city, acquirer, operator, line, stop, bus, terminal, time. */
function placeBytes(place: TapPlace): Uint8Array {
  const bytes = new Uint8Array(38);
  bytes.set(beijing, 0);
  bytes.set(acquirer, 2);
  bytes.set(lineBytes(place.line), 12);
  bytes[14] = Math.min(place.stop?.number ?? 0, 0xff);
  bytes.set(busBytes(place.bus), 15);
  bytes.set(terminalBytes(place), 23);
  bytes.set(beijingTimeBytes(place.at), 31);
  return bytes;
}

function lineBytes(line: string): Uint8Array {
  return bcdBytes(Number(lineDigits(line)), 2);
}

function busBytes(bus: string): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, i) => bus.charCodeAt(i) || 0x20);
}

function terminalBytes({ terminal }: TapPlace): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes.set(terminal, 2);
  return bytes;
}
