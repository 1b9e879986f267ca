/**
 * What a scanner module has sent, as far as it is somebody's: a code this bus may take, a code of somebody else, a code that has been
 * damaged on its way, or the module's own talk, which is nobody's.
 *
 * Modules say much that no passenger has shown: NOREAD, acknowledgements, their name at power-on. So only what can be a code, or is
 * clearly somebody's, is a presentation; of the rest a technician is told what it looks like.
 */
import { isRideCodeVersion, mayBegin } from '../../device/core/jtt-1179/layout.ts';
import { findCode, isBegun } from './found-codes.ts';
import { besideCode, conversionOf, cutShort, talkOf } from './module-talk.ts';

export interface Printed {
  readonly is: 'code' | 'foreign' | 'damaged' | 'talk';
  /** Of what is damaged, and of talk, as it was printed. */
  readonly bytes: Uint8Array;
  /** What a technician can do, '' where nothing is known. */
  readonly advice: string;
}

/** What says no more than this in bytes is a word of the module's, as E001 is, and DEAD. */
export const fewestCodeBytes = 16;
const fewestBinaryBytes = 32;
/** Bytes that do not begin as a ride code are a code if there are so many: a row of a hex dump has fewer. */
const fewestUnlikeBytes = 100;

export const code = (bytes: Uint8Array) => ({ is: 'code', bytes, advice: '' }) as const;

export const foreign = (bytes: Uint8Array) => ({ is: 'foreign', bytes, advice: '' }) as const;

/** Bytes that a module printed in hex or base64, or in a frame: it has read them from a code. */
export function judgeRead(bytes: Uint8Array): Printed {
  if (!isRideCodeVersion(bytes[0] ?? 0)) return withAdvice(foreign(bytes));
  const isCode = bytes.length >= fewestUnlikeBytes || mayBegin(bytes, 0);
  return isCode ? withAdvice(code(bytes)) : damaged(bytes);
}

function withAdvice(printed: Printed): Printed {
  const { bytes } = printed;
  if (findCode(bytes) !== undefined) return { ...printed, advice: besideCode };
  return isBegun(bytes) ? { ...printed, advice: cutShort } : printed;
}

/** Bytes that came as they are, and are no text. */
export function judgeBytes(bytes: Uint8Array): Printed {
  const text = Buffer.from(bytes).toString('latin1');
  const advice = conversionOf(text);
  if (advice !== '') return damaged(bytes, advice);
  const fewest = isRideCodeVersion(bytes[0] ?? 0) ? fewestCodeBytes : fewestBinaryBytes;
  return bytes.length < fewest ? talk(text) : judgeRead(bytes);
}

export const damaged = (bytes: Uint8Array, advice = '') => ({ is: 'damaged', bytes, advice }) as const;
export const talk = (text: string) =>
  ({ is: 'talk', bytes: Buffer.from(text, 'latin1'), advice: talkOf(text) }) as const;

/** Whether a text that could not be read may be a code that has suffered: long runs of hex or base64, much that is no text. */
export function canBeCode(text: string): boolean {
  if (/[0-9a-f]{32}/i.test(text.replace(/[\s,:-]|0x/gi, ''))) return true;
  if (/[\x80-\xff]/.test(text) && text.length >= fewestBinaryBytes) return true;
  const [run = ''] = /[A-Za-z0-9+/_-]{32,}/.exec(text) ?? [];
  return /\d/.test(run) && /[A-Z]/.test(run) && (/[a-z]/.test(run) || run.length > 100);
}

/** Addresses, with a code id before them or not. */
const addresses = [
  /^.{0,3}?[a-z][a-z0-9+.-]{1,15}:\/\/\S/i,
  /^.{0,3}?(alipays?|weixin|wxp|upi|wifi|tel|sms|smsto|mailto|matmsg|mecard|begin|geo|otpauth|lpa|market|bitcoin):\S/i,
  /^www\.\S/i,
  /^[a-z0-9-]+(\.[a-z0-9-]+){0,4}\.[a-z]{2,}\/\S/i,
];
/** Tencent's codes, UnionPay's digits, the digits of payment codes, JSON. */
const payments = [/^TX[A-Za-z0-9+/=_-]{6,}$/, /^62\d{10,46}$/, /^\d{16,24}$/, /^\{.{6,}\}$/];

/** Texts that passengers hold up and modules do not print. */
export function isSomebodys(text: string): boolean {
  const beginning = text.slice(0, 100);
  return addresses.some(address => address.test(beginning)) || payments.some(each => each.test(text));
}

/** A long word of letters and digits, as in other systems' codes. */
export function isToken(text: string): boolean {
  return /^(?=.*\d)(?=.*[A-Za-z])[\x21-\x7e]{32,}$/.test(text);
}
