/** Seals and writes the feed's own files, each once, and counts what was written. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveAllDurably } from '../../device/kit/durable-file.ts';
import { type ContentCipher, openFile, sealFile } from '../feed/content-cipher.ts';
import type { FeedFile, FileRef } from '../feed/feed-file.ts';

export interface FeedFiles {
  /** Bytes written so far. */
  readonly bytesWritten: number;
  /**
   * `read` gives it at once; it is under its name, and safe on the disk, only after `finish`.
   * @param life the same content is the same file for so long: a validator that was fetching it need not begin again
   */
  put(file: FeedFile, life?: 'of a version' | 'of an epoch'): FileRef;
  /** Unsealed and decompressed. */
  read(file: FileRef): Buffer;
  /** Puts everything under its name, safe on the disk. One wait at the end is shorter than one for each file. */
  finish(): void;
}

/** @param version the one that is written */
export function openFeedFiles(directory: string, cipher: ContentCipher, version: number): FeedFiles {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  let bytesWritten = 0;
  const unfinished = new Map<string, string>();
  const pathOf = (sha256: string) => join(directory, sha256);
  return {
    get bytesWritten() {
      return bytesWritten;
    },
    put(file, life = 'of a version') {
      const occasion = life === 'of an epoch' ? 'epoch' : `version ${version}`;
      const { bytes, sha256, length, size } = sealFile(file, cipher, occasion);
      if (!unfinished.has(sha256) && !existsSync(pathOf(sha256))) {
        const building = join(directory, `.${sha256}.new`);
        rmSync(building, { force: true });
        writeFileSync(building, bytes, { flag: 'wx', mode: 0o644 });
        unfinished.set(sha256, building);
        bytesWritten += length;
      }
      return { sha256, length, size };
    },
    read: file => openFile(readFileSync(unfinished.get(file.sha256) ?? pathOf(file.sha256)), file, cipher),
    finish() {
      moveAllDurably(
        directory,
        [...unfinished].map(([sha256, from]) => ({ from, to: pathOf(sha256) })),
      );
      unfinished.clear();
    },
  };
}
