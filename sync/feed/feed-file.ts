/** A file of the feed: gzip-compressed, named by the SHA-256 of its compressed bytes, with both lengths announced. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { gunzipSync, gzipSync, constants as zlib } from 'node:zlib';
import { messageOf } from '../../device/kit/errors.ts';
import { FeedError } from './feed-error.ts';

/** How the index names a file. */
export interface FileRef {
  /** Hash of the bytes as they are fetched, 64 hex digits: the file's name. */
  readonly sha256: string;
  /** Compressed bytes. */
  readonly length: number;
  /** Bytes once decompressed. */
  readonly size: number;
}

export interface FeedFile extends FileRef {
  readonly bytes: Uint8Array;
}

/**
 * Which of deflate's strategies fits: tokens are noise with a short column of small numbers beside it, where looking
 * for repetitions finds only false ones; statuses are mostly runs of one value, and so are the slots of a delta.
 */
const strategies = {
  noise: { strategy: zlib.Z_HUFFMAN_ONLY, level: 6 },
  runs: { strategy: zlib.Z_RLE, level: 6 },
  text: { strategy: zlib.Z_DEFAULT_STRATEGY, level: 9 },
} as const;

export function packFile(raw: Uint8Array, kind: keyof typeof strategies): FeedFile {
  const bytes = gzipSync(raw, { ...strategies[kind], memLevel: 9 });
  return { bytes, sha256: sha256Hex(bytes), length: bytes.length, size: raw.length };
}

/**
 * @param bytes compressed, their hash already checked
 * @throws FeedError when they are not just as long as announced, also decompressed
 */
export function unpackFile(bytes: Uint8Array, { length, size, sha256 }: FileRef): Buffer {
  if (bytes.length !== length)
    throw new FeedError(`file ${sha256}: ${bytes.length} bytes, announced ${length}`);
  const raw = gunzip(bytes, size, sha256);
  if (raw.length !== size)
    throw new FeedError(`file ${sha256}: holds ${raw.length} bytes, announced ${size}`);
  return raw;
}

/** @throws FeedError when more than `maxSize` bytes would come out */
export function gunzip(bytes: Uint8Array, maxSize: number, name: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxSize) });
  } catch (error) {
    throw new FeedError(`file ${name}: ${messageOf(error)}`);
  }
}

const pieceBytes = 64 << 10;

/** Reads the file in pieces. @throws the system's error */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  const fd = openSync(path, 'r');
  try {
    for (let length = readSync(fd, piece); length > 0; length = readSync(fd, piece)) {
      hash.update(piece.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
