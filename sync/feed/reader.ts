/** Reads a file's raw bytes from front to back. Running past the end, or not reaching it, is a FeedError. */
import { FeedError } from './feed-error.ts';

export interface Reader {
  u8(): number;
  /** Little-endian, as all numbers of the format. */
  u32(): number;
  bytes(length: number): Buffer;
  /** @throws FeedError when anything is left */
  end(): void;
}

/** @param name of the file, for messages */
export function createReader(raw: Buffer, name: string): Reader {
  let at = 0;
  function take(length: number): number {
    if (length > raw.length - at)
      throw new FeedError(`${name}: ends at byte ${raw.length}, ${length} more from ${at} expected`);
    at += length;
    return at - length;
  }
  return {
    u8: () => raw.readUInt8(take(1)),
    u32: () => raw.readUInt32LE(take(4)),
    bytes(length) {
      const from = take(length);
      return raw.subarray(from, from + length);
    },
    end() {
      if (at !== raw.length) throw new FeedError(`${name}: ${raw.length - at} bytes too many`);
    },
  };
}

/** The first two bytes of every file: its kind as an ASCII letter, and the format's version. */
export function expectKind(reader: Reader, kind: FileKind, name: string): void {
  const letter = String.fromCharCode(reader.u8());
  const version = reader.u8();
  if (letter !== kind || version !== formatVersion) {
    throw new FeedError(
      `${name}: kind ${JSON.stringify(letter)} version ${version}, expected "${kind}" ${formatVersion}`,
    );
  }
}

export type FileKind = 'P' | 'L' | 'S' | 'D';
export const formatVersion = 1;

export function kindBytes(kind: FileKind): Buffer {
  return Buffer.of(kind.charCodeAt(0), formatVersion);
}

export function u32Bytes(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => void bytes.writeUInt32LE(number, 4 * i));
  return bytes;
}
