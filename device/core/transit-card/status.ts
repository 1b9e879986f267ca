/**
 * What the status words of a card mean for its passenger (ISO/IEC 7816-4; PBOC's own 93xx): an answer, a card that is
 * locked, a card that will never say anything else, or a failure that may be gone at the next try.
 */
import type { ApduResponse } from './apdu.ts';
import { type CardReading, locked, unreadable, unsupported } from './reading.ts';

export const ok = 0x9000;
/** To SELECT: the card is blocked, or knows no SELECT (EMV Book 1, 12.3.2; in PBOC's tables "卡片已锁定"). */
export const blockedOrUnknown = 0x6a81;
/** To all of an application that is blocked for a time. */
export const notAllowedNow = 0x6985;
/** The file ends before what was asked for. */
const endOfFile = 0x6282;

/** 9000 or a warning (62xx, 63xx): whether it is enough is a matter of its data. */
export function isAnswer(status: number): boolean {
  return status === ok || status >> 8 === 0x62 || status >> 8 === 0x63;
}

/** The selected file is invalidated (6283) or terminated (6285). */
export function isInvalidated(status: number): boolean {
  return status === 0x6283 || status === 0x6285;
}

/** The application (9303) or the card (9304) is locked for good. */
export function isLocked(status: number): boolean {
  return status === 0x9303 || status === 0x9304;
}

/** Memory or execution failed (64xx, 65xx, 6Fxx), or it is no status word at all: the next time it may be well. */
function isPassing(status: number): boolean {
  const sw1 = status >> 8;
  return sw1 === 0x64 || sw1 === 0x65 || sw1 === 0x6f || (sw1 >> 4 !== 0x6 && sw1 >> 4 !== 0x9);
}

/** The card works, and has no such file or command, or does not give it: it will say so each time. */
export function isRefusal(status: number): boolean {
  return !isAnswer(status) && !isLocked(status) && !isPassing(status);
}

/** There is no such file or purse (6Axx), or no such P1 P2 (6B00). */
export function isAbsent(status: number): boolean {
  return status >> 8 === 0x6a || status === 0x6b00;
}

/** @returns the data, if it is an answer of at least so many bytes */
export function atLeast(length: number, { data, status }: ApduResponse): Uint8Array | undefined {
  return isAnswer(status) && data.length >= length ? data : undefined;
}

/** An answer that is not what is needed. @param what the command or the file */
export function notEnough(what: string, { data, status }: ApduResponse): CardReading {
  const why = isAnswer(status) ? `${what} is short: ${data.length} bytes` : `${what} is refused`;
  const said = `${why} (${hexOf(status)})`;
  if (isLocked(status) || isInvalidated(status)) return locked(said);
  return status === endOfFile || isRefusal(status) ? unsupported(said) : unreadable(said);
}

export function hexOf(status: number): string {
  return status.toString(16).toUpperCase().padStart(4, '0');
}
