/** Command APDUs a validator sends, and the form of a response (ISO/IEC 7816-4). */
import { fromHex } from '../bytes.ts';

/** A response APDU without its status word, and the status word. */
export interface ApduResponse {
  readonly data: Uint8Array;
  /** SW1 SW2 as one number, e.g. 0x9000 */
  readonly status: number;
}

/** The reading of a card as a coroutine: yields each command, is resumed with its response. */
export type CardDialogue<T> = Generator<Uint8Array, T, ApduResponse>;

/** @param name an application's, in hex */
export function selectByName(name: string): Uint8Array {
  const aid = fromHex(name) ?? new Uint8Array();
  return Uint8Array.of(0x00, 0xa4, 0x04, 0x00, aid.length, ...aid);
}

export function selectById(fileId: number): Uint8Array {
  return Uint8Array.of(0x00, 0xa4, 0x00, 0x00, 0x02, fileId >> 8, fileId & 0xff);
}

/** READ BINARY from the start of a short file identifier. */
export function readBinary(sfi: number, length: number): Uint8Array {
  return Uint8Array.of(0x00, 0xb0, 0x80 | sfi, 0x00, length);
}

/** READ RECORD of a short file identifier. @param number from 1; of a cyclic file 1 is the newest. @param length 0 for all of it */
export function readRecord(sfi: number, number: number, length: number): Uint8Array {
  return Uint8Array.of(0x00, 0xb2, number, (sfi << 3) | 0x04, length);
}

/** GET BALANCE of an electronic purse (PBOC); `which` is P1. */
export function getBalance(which: number): Uint8Array {
  return Uint8Array.of(0x80, 0x5c, which, 0x02, 0x04);
}

/** Fetches what a card has announced by 61xx. @param le SW2 */
export function getResponse(le: number): Uint8Array {
  return Uint8Array.of(0x00, 0xc0, 0x00, 0x00, le);
}

/** The same command, asking for another length. @param le as coded: 0 means 256 */
export function withLe(command: Uint8Array, le: number): Uint8Array {
  const end = hasData(command) ? 5 + (command[4] ?? 0) : 4;
  return Uint8Array.of(...command.subarray(0, end), le);
}

/** How many bytes one response to this command may hold; 256 where it has no Le. */
export function longestAnswer(command: Uint8Array): number {
  const end = hasData(command) ? 5 + (command[4] ?? 0) : 4;
  return lengthOf(command[end] ?? 0);
}

/** What an Le or the second byte of 61xx and 6Cxx stands for. */
export function lengthOf(coded: number): number {
  return coded === 0 ? 256 : coded;
}

function hasData(command: Uint8Array): boolean {
  return command.length > 5;
}

/** @returns undefined when there is no whole status word */
export function parseResponse(response: Uint8Array): ApduResponse | undefined {
  if (response.length < 2) return undefined;
  const sw1 = response[response.length - 2] ?? 0;
  const sw2 = response[response.length - 1] ?? 0;
  return { data: response.subarray(0, response.length - 2), status: sw1 * 256 + sw2 };
}
