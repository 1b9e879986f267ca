/** APDUs of ISO/IEC 7816-3 section 12.1, short form only: transit cards use no other. */
import { concatBytes } from '../../device/core/bytes.ts';

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** The most bytes the answer may hold, 1 to 256; undefined if the command asks for none. */
  readonly le: number | undefined;
}

/** @returns undefined when the lengths inside the command contradict its own */
export function parseCommand(bytes: Uint8Array): Command | undefined {
  const [cla, ins, p1, p2, p3] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  const noData = new Uint8Array(0);
  if (p3 === undefined) return { ...header, data: noData, le: undefined };
  if (bytes.length === 5) return { ...header, data: noData, le: leOf(p3) };
  // Here P3 is Lc; 00 would begin the extended form.
  if (p3 === 0) return undefined;
  const data = bytes.subarray(5, 5 + p3);
  if (bytes.length === 5 + p3) return { ...header, data, le: undefined };
  const last = bytes[5 + p3];
  return last !== undefined && bytes.length === 6 + p3 ? { ...header, data, le: leOf(last) } : undefined;
}

/** Le 00 means 256. */
function leOf(byte: number): number {
  return byte === 0 ? 256 : byte;
}

/** A response APDU: data, if there is any, and the status word. */
export function answer(statusWord: number, ...data: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...data, Uint8Array.of(statusWord >> 8, statusWord & 0xff));
}
