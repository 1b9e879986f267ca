/**
 * A line that a scanner module prints → the ride codes in it, or whose it is.
 *
 * A line cannot hold a binary code as it is, so a module that ends its codes with a line end is set to print hex or base64
 * (standard or URL-safe alphabet, padded or not). A whole ride code is certain by its own length and marks. So what modules may be
 * set to put around it is taken off: control characters (STX, ETX, TAB, NUL), the AIM identifier `]Q1` (ISO/IEC 15424), the ECI
 * `\000003`, a code id of up to three characters; in hex also what stands between the bytes (`81 01`, `81-01`, `0x81, 0x01`).
 * What would be more of the code itself, as two further hex digits, makes it another code, and no good one.
 */
import { fromHex } from '../../device/core/bytes.ts';
import { announcedLength } from '../../device/core/jtt-1179/layout.ts';
import { findCode, isBegun, viewsOf } from './found-codes.ts';
import { conversionOf, damageOf, isKnownTalk, pictured } from './module-talk.ts';
import {
  canBeCode,
  code,
  damaged,
  fewestCodeBytes,
  foreign,
  isSomebodys,
  isToken,
  judgeRead,
  type Printed,
  talk,
} from './printed.ts';

export type LineEncoding = 'hex' | 'base64' | 'auto';

/** As it is; in hex and base64 it is longer. */
const shortestCode = 332;
/** Control characters that answer a command. */
const answer = /[␆␕]/;
const identifiers = /^(\][A-Za-z][0-9A-Za-z])?(\\\d{6})?/;
const betweenBytes = /0x|\\x|(?<=[0-9a-f]{2})h|[\s,;:%_.{}[\]()<>-]/gi;
/** As text, and as bytes that came in hex. */
const beforeCode = /^[␀-␟ ]*(\][A-Za-z][0-9A-Za-z])?(\\\d{6})?[A-Za-z0-9]{0,3}$/;
const afterCode = /^[␃␄␉␍␊ ]*$/;
/** A ride code's head in hex, behind identifiers or not: version, length, the certificate's first byte. */
const hexHead = /^.{0,24}?([89a-f][0-9a-f]01[4-6][0-9a-f]24)/i;
/** Six characters of base64 that are a ride code's head. */
const base64Head = /^[A-Za-z0-9+/_-]{0,3}?([g-z0-9+/_-][AQgw]F[J-Za-p]JA)/;

/** @returns what is between the characters that frame it */
export function contentOf(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && isFraming(line.charCodeAt(from))) from++;
  while (from < to && isFraming(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

function isFraming(character: number): boolean {
  return character <= 0x20 || character === 0x7f;
}

/**
 * @param line latin1, one character a byte
 * @returns nothing for a line without content
 */
export function readLine(line: string, encoding: LineEncoding): Printed[] {
  const text = contentOf(line);
  if (text === '') return answer.test(pictured(line)) ? [talk(line)] : [];
  const codes = rideCodesIn(line);
  return codes.length > 0 ? codes.map(code) : [judgeText(line, encoding) ?? talk(line)];
}

/** What a line was that is too long to be kept, by its beginning. */
export function judgeBeginning(line: string): Printed {
  return canBeCode(line) ? damaged(Buffer.from(line, 'latin1')) : talk(line);
}

/** Whether a line that has fallen silent is a code that has not all come. */
export function lineGoesOn(line: string): boolean {
  const text = withoutIdentifiers(contentOf(line));
  // A code id before it may be a hex digit.
  const readings = [fromHexDump(text, 'cut'), fromHexDump(text.slice(1), 'cut'), fromBase64(text, 'cut')];
  return readings.some(bytes => bytes !== undefined && isBegun(bytes));
}

/** Whether a text is a ride code's beginning, its head whole, and fewer bytes than it announces. */
export function isCutShort(text: string): boolean {
  const inner = withoutIdentifiers(contentOf(text));
  const digits = inner.replace(betweenBytes, '');
  const readings = [
    fromHexDump(digits, 'cut'),
    fromHexDump(fromHead(digits, hexHead), 'cut'),
    fromBase64(fromHead(inner, base64Head), 'cut'),
  ];
  const views = readings.filter(bytes => bytes !== undefined).flatMap(viewsOf);
  return views.some(bytes => bytes.length < (announcedLength(bytes, 0) ?? 0));
}

/** @returns '' where there is no head */
function fromHead(text: string, ofCode: RegExp): string {
  const [begins, head = ''] = ofCode.exec(text) ?? [];
  return begins === undefined ? '' : text.slice(begins.length - head.length);
}

function judgeText(line: string, encoding: LineEncoding): Printed | undefined {
  const text = contentOf(line);
  const inner = withoutIdentifiers(text);
  if (isSomebodys(inner)) return foreign(Buffer.from(inner, 'latin1'));
  const advice = conversionOf(line) || damageOf(inner);
  if (advice !== '') return damaged(Buffer.from(inner, 'latin1'), advice);
  const hex = encoding === 'base64' ? undefined : fromHexDump(inner);
  const bytes = hex ?? (encoding === 'hex' ? undefined : fromBase64(inner));
  if (bytes !== undefined && isSomebodys(Buffer.from(bytes).toString('latin1'))) return foreign(bytes);
  if (bytes !== undefined && bytes.length >= fewestCodeBytes && hasVariety(inner)) {
    return judgeRead(bytes);
  }
  if (canBeCode(inner)) return damaged(Buffer.from(inner, 'latin1'));
  // An AIM identifier says that a code was read, whatever it was; but NOREAD may have one too.
  const isRead = inner !== text && !isKnownTalk(inner);
  return isRead || isToken(inner) ? foreign(Buffer.from(inner, 'latin1')) : undefined;
}

/** Unlike a ruled line, which is good base64 or hex. */
function hasVariety(text: string): boolean {
  return /^[0-9a-f]*$/i.test(text) || new Set(text).size >= 8;
}

/** @returns the whole ones */
export function rideCodesIn(line: string): Uint8Array[] {
  if (line.length < shortestCode) return [];
  const text = withoutIdentifiers(contentOf(line));
  const codes = codesInAny([...hexIn(text.replace(betweenBytes, '')), Buffer.from(line, 'latin1')]);
  if (codes.length > 0) return codes;
  // Beside it may stand whatever else was in view, as in `https://example.com,8101…`.
  const words = text.match(/[A-Za-z0-9+/_-]+={0,2}/g) ?? [];
  return words
    .filter(word => word.length >= shortestCode)
    .flatMap(word => codesInAny([...hexIn(word), ...base64In(word)]));
}

/** @returns the codes in the first of these readings that has any */
function codesInAny(readings: readonly Uint8Array[]): Uint8Array[] {
  for (const view of readings.flatMap(viewsOf)) {
    const codes = codesThatFill(view);
    if (codes.length > 0) return codes;
  }
  return [];
}

/** @returns the codes in the bytes, none if there is more than codes, codes cut short, and what frames them */
export function codesThatFill(bytes: Uint8Array): Uint8Array[] {
  const codes: Uint8Array[] = [];
  let end = 0;
  for (let found = findCode(bytes); found !== undefined; found = findCode(bytes, end)) {
    const before = bytes.subarray(end, found.at);
    const isCut = announcedLength(before, 0) !== undefined;
    if (!isCut && !(end === 0 ? beforeCode : afterCode).test(shown(before))) return [];
    codes.push(found.code);
    end = found.end;
  }
  return afterCode.test(shown(bytes.subarray(end))) ? codes : [];
}

/** The bytes that a text may be in hex, whatever letters stand around: a code id may be a hex digit itself. */
function hexIn(text: string): Uint8Array[] {
  const [, digits = ''] = /^(?:.{0,8}?[^0-9a-f])?([0-9a-f]{64,})(?:[^0-9a-f].{0,7})?$/i.exec(text) ?? [];
  const readings = digits.length % 2 === 0 ? [digits] : [digits.slice(1), digits.slice(0, -1)];
  return readings.map(fromHex).filter(bytes => bytes !== undefined);
}

/** The bytes of a ride code in base64, behind a code id or not. */
function base64In(word: string): Uint8Array[] {
  const bytes = fromBase64(fromHead(word, base64Head));
  return bytes === undefined ? [] : [bytes];
}

function withoutIdentifiers(text: string): string {
  return text.replace(identifiers, '');
}

function fromHexDump(text: string, end: 'whole' | 'cut' = 'whole'): Uint8Array | undefined {
  const digits = text.replace(betweenBytes, '');
  return fromHex(end === 'cut' ? digits.slice(0, digits.length & ~1) : digits);
}

/** Strict where Buffer is lenient: one alphabet, padding absent or whole, no stray bits at the end. */
function fromBase64(text: string, end: 'whole' | 'cut' = 'whole'): Uint8Array | undefined {
  const standard =
    /[-_]/.test(text) && !/[+/]/.test(text) ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  const given = end === 'cut' ? standard.slice(0, standard.length & ~3) : standard;
  const bytes = Buffer.from(given, 'base64');
  const canonical = bytes.toString('base64');
  return given === canonical || given === canonical.replace(/=+$/, '') ? bytes : undefined;
}

function shown(bytes: Uint8Array): string {
  return pictured(Buffer.from(bytes).toString('latin1'));
}
