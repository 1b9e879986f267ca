/**
 * Ride codes in a run of bytes. A code carries its own length, and has marks that it must have, so a whole one is found with
 * certainty whatever stands around it.
 */
import { announcedLength, hasStructure, mayBegin } from '../../device/core/jtt-1179/layout.ts';

export interface FoundCode {
  readonly code: Uint8Array;
  /** Where it begins and ends. */
  readonly at: number;
  readonly end: number;
}

/** More than any module prints before a code. */
const prefixBytes = 16;

/**
 * A code in which another begins has been cut short, and the marks that it has to have may all stand before the cut.
 * @returns the first whole code that begins at `from` or later
 */
export function findCode(bytes: Uint8Array, from = 0): FoundCode | undefined {
  for (let at = headFrom(bytes, from); at !== undefined; at = headFrom(bytes, at + 1)) {
    const end = at + (announcedLength(bytes, at) ?? 0);
    const code = bytes.subarray(at, end);
    const next = headFrom(bytes, at + 1) ?? end;
    if (end <= bytes.length && next >= end && hasStructure(code)) return { code, at, end };
  }
  return undefined;
}

function headFrom(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at < bytes.length; at++) if (announcedLength(bytes, at) !== undefined) return at;
  return undefined;
}

/** Whether a code has begun that has not all come. */
export function isBegun(bytes: Uint8Array): boolean {
  const headMayBeCut = bytes.length <= prefixBytes;
  for (let at = 0; at < bytes.length; at++) {
    if (!mayBegin(bytes, at)) continue;
    const length = announcedLength(bytes, at);
    if (length === undefined ? headMayBeCut : at + length > bytes.length) return true;
  }
  return false;
}

/** The bytes as they are, and as they were before what a module does to them; only what can have been done to these. */
export function viewsOf(bytes: Uint8Array): Uint8Array[] {
  return [bytes, withoutEci(bytes), fromUtf8(bytes)].filter(view => view !== undefined);
}

/** The ECI protocol of AIM: `\` and six digits before the code, and each backslash in it doubled. */
function withoutEci(bytes: Uint8Array): Uint8Array | undefined {
  const beginning = Buffer.from(bytes.subarray(0, prefixBytes)).toString('latin1');
  const eci = /\\\d{6}/.exec(beginning);
  if (eci === null) return undefined;
  const text = Buffer.from(bytes.subarray(eci.index + eci[0].length)).toString('latin1');
  return Buffer.from(text.replaceAll('\\\\', '\\'), 'latin1');
}

/** Bytes that were taken for ISO 8859-1 and turned into UTF-8; undefined if these cannot have been. */
function fromUtf8(bytes: Uint8Array): Uint8Array | undefined {
  const original = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      original[length++] = byte;
      continue;
    }
    const next = bytes[++at] ?? 0x80;
    if ((byte !== 0xc2 && byte !== 0xc3) || next >> 6 !== 2) return undefined;
    original[length++] = ((byte & 3) << 6) | (next & 0x3f);
  }
  return length === bytes.length ? undefined : original.subarray(0, length);
}
