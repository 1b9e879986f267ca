/** Bytes as text: UTF-8 and nothing else. Replacing what is not would make two people of one name, and signs of no language. */
import { isUtf8 } from 'node:buffer';
import type { Place } from './located-yaml.ts';

/** It says where, what it looks like and how to mend it, and quotes nothing. */
export class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
  /** The message without the place. */
  readonly what: string;
  readonly place: Place;

  constructor(what: string, place: Place) {
    super(`line ${place.line}, column ${place.column}: ${what}`);
    this.what = what;
    this.place = place;
  }
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** What a file begins with that is no UTF-8 text, and what it is then. */
const beginnings: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], 'UTF-16, not UTF-8: save it as UTF-8'],
  [[0xfe, 0xff], 'UTF-16, not UTF-8: save it as UTF-8'],
  [[0x84, 0x31, 0x95, 0x33], 'GB18030, not UTF-8: save it as UTF-8'],
  [[0x50, 0x4b, 0x03, 0x04], 'a workbook (.xlsx) or another archive, not text: save it as text, UTF-8'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'a workbook (.xls), not text: save it as text, UTF-8'],
  [[0x1f, 0x8b], 'compressed (gzip), not text: unpack it'],
];

/** A mark of byte order at the beginning is no part of the text. @throws NotUtf8 */
export function decodeUtf8(bytes: Uint8Array): string {
  refuseOtherFormats(bytes);
  const text = decoded(bytes, 'utf-8');
  if (text === undefined) throw notUtf8(bytes, 0);
  return text;
}

/** @param bytes a file's first ones. @throws NotUtf8 for what can be no UTF-8 text by its beginning */
export function refuseOtherFormats(bytes: Uint8Array): void {
  for (const [beginning, what] of beginnings) {
    if (beginning.every((byte, i) => bytes[i] === byte)) throw new NotUtf8(what, { line: 1, column: 1 });
  }
  const nul = bytes.subarray(0, 4096).indexOf(0);
  if (nul === -1) return;
  const isWide = bytes[nul + 2] === 0 || bytes[nul - 2] === 0;
  const what = isWide
    ? 'looks like UTF-16 without its mark: save it as UTF-8'
    : 'has a NUL byte: it is no text';
  throw new NotUtf8(what, placeIn(bytes, nul, 0));
}

/**
 * @param bytes whole lines, of which some is not UTF-8
 * @param linesBefore how many lines of the file come before them
 */
export function notUtf8(bytes: Uint8Array, linesBefore: number): NotUtf8 {
  const [start, end] = badLine(bytes);
  const line = bytes.subarray(start, end);
  const at = start + goodLength(line);
  const looks = isCutShort(bytes, at)
    ? ': it ends in the middle of a character'
    : decoded(line, 'gb18030') === undefined
      ? ': save it as UTF-8'
      : '; it looks like GB18030 (GBK): save it as UTF-8';
  return new NotUtf8(`byte ${hex(bytes[at] ?? 0)} is not UTF-8${looks}`, placeIn(bytes, at, linesBefore));
}

/** @returns undefined where it is not in that encoding, or this Node knows no such encoding */
export function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function badLine(bytes: Uint8Array): [number, number] {
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(newline, start);
    const end = at === -1 ? bytes.length : at;
    if (!isUtf8(bytes.subarray(start, end))) return [start, end];
    start = end + 1;
  }
  return [0, bytes.length];
}

/** How many bytes of a line are whole characters before the first that is none. */
function goodLength(line: Uint8Array): number {
  let [good, length] = [0, 1];
  while (good + length <= line.length && length <= 4) {
    const isWhole = isUtf8(line.subarray(good, good + length));
    if (isWhole) good += length;
    length = isWhole ? 1 : length + 1;
  }
  return good;
}

function isCutShort(bytes: Uint8Array, at: number): boolean {
  const rest = bytes.subarray(at);
  const needed = (rest[0] ?? 0) >= 0xf0 ? 4 : (rest[0] ?? 0) >= 0xe0 ? 3 : 2;
  return at > 0 && rest.length < needed && rest.subarray(1).every(byte => byte >= 0x80 && byte < 0xc0);
}

/** Line ends are \n, \r\n, and \r alone. */
function placeIn(bytes: Uint8Array, at: number, linesBefore: number): Place {
  let line = linesBefore + 1;
  let start = 0;
  for (let i = 0; i < at; i++) {
    const isEnd = bytes[i] === newline || (bytes[i] === carriageReturn && bytes[i + 1] !== newline);
    if (!isEnd) continue;
    line++;
    start = i + 1;
  }
  return { line, column: 1 + Buffer.from(bytes.subarray(start, at)).toString('utf8').length };
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
