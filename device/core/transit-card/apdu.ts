/** Command APDUs a validator sends, and how responses are told apart (ISO/IEC 7816-4). */

/** A response APDU without its status word, and the status word. */
export interface ApduResponse {
  readonly data: Uint8Array;
  /** SW1 SW2 as one number, e.g. 0x9000 */
  readonly status: number;
}

/** The reading of a card as a coroutine: yields each command, is resumed with its response. */
export type CardDialogue<T> = Generator<Uint8Array, T, ApduResponse>;

export const ok = 0x9000;
/** SELECT of a file that the issuer has invalidated: how a blacklisted T-Union card answers for DF ADFA. */
export const invalidated = 0x6283;

export function selectByName(aid: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0xa4, 0x04, 0x00, aid.length, ...aid);
}

export function selectById(fileId: number): Uint8Array {
  return Uint8Array.of(0x00, 0xa4, 0x00, 0x00, 0x02, fileId >> 8, fileId & 0xff);
}

/** READ BINARY from the start of a short file identifier. */
export function readBinary(sfi: number, length: number): Uint8Array {
  return Uint8Array.of(0x00, 0xb0, 0x80 | sfi, 0x00, length);
}

/** GET BALANCE of an electronic purse (PBOC); `which` is P1. */
export function getBalance(which: number): Uint8Array {
  return Uint8Array.of(0x80, 0x5c, which, 0x02, 0x04);
}

/** How many bytes of data may answer one of these commands: its Le, which only SELECT is sent without. */
export function longestAnswer(command: Uint8Array): number {
  const isSelect = command[1] === 0xa4;
  return isSelect ? 256 : (command[command.length - 1] ?? 0);
}

/** @returns undefined when there is no whole status word or it is not one (ISO/IEC 7816-4: 6xxx or 9xxx) */
export function parseResponse(response: Uint8Array): ApduResponse | undefined {
  if (response.length < 2) return undefined;
  const sw1 = response[response.length - 2] ?? 0;
  const sw2 = response[response.length - 1] ?? 0;
  if (sw1 >> 4 !== 0x6 && sw1 >> 4 !== 0x9) return undefined;
  return { data: response.subarray(0, response.length - 2), status: sw1 * 256 + sw2 };
}

/** SELECT answered as by a card that has no such file, or has it as any other (ISO/IEC 7816-4: 9000, 6Axx). */
export function isPlain(status: number): boolean {
  return status === ok || status >> 8 === 0x6a;
}

/** A card's plain "there is no such file, or no such command, here": it works, but is of another kind. */
export function isAbsent(status: number): boolean {
  const sw1 = status >> 8;
  return (
    sw1 === 0x6a || sw1 === 0x6d || sw1 === 0x6e || sw1 === 0x69 || status === 0x6700 || status === 0x6b00
  );
}
