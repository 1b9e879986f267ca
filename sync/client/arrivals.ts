/**
 * Files of the feed that have arrived, whole or in part (`<sha256>.part`). They stay on the disk until nobody wants them,
 * across restarts and across newer versions that name the same files.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentCipher, openFile } from '../feed/content-cipher.ts';
import { FeedError } from '../feed/feed-error.ts';
import { type FileRef, sha256Hex, sha256OfFile } from '../feed/feed-file.ts';
import type { Http } from './http.ts';

export interface Arrivals {
  /**
   * Fetches it where it is not here yet.
   * @throws FeedError when its hash is not its name; DeviceError as Http's
   */
  fetch(file: FileRef): Promise<void>;
  /** Unsealed and decompressed. @throws FeedError */
  read(file: FileRef): Buffer;
  /** Forgets all but these. */
  keepOnly(files: readonly FileRef[]): void;
}

/** @param filesUrl where the files are, without the slash at the end */
export function createArrivals(
  directory: string,
  filesUrl: string,
  http: Http,
  cipher: ContentCipher,
): Arrivals {
  mkdirSync(directory, { recursive: true });
  const path = (sha256: string) => join(directory, sha256);

  function readWhole({ sha256 }: FileRef): Buffer | undefined {
    try {
      const bytes = readFileSync(path(sha256));
      if (sha256Hex(bytes) === sha256) return bytes;
      rmSync(path(sha256));
    } catch {
      // Not here.
    }
    return undefined;
  }

  function isWhole(sha256: string): boolean {
    try {
      return sha256OfFile(path(sha256)) === sha256;
    } catch {
      return false;
    }
  }

  /** @returns false when the part is not the file; it is gone then */
  function takeIn({ sha256 }: FileRef): boolean {
    const part = `${path(sha256)}.part`;
    const isIt = sha256OfFile(part) === sha256;
    if (isIt) renameSync(part, path(sha256));
    else rmSync(part);
    return isIt;
  }

  return {
    async fetch(file) {
      const { sha256, length } = file;
      const part = `${path(sha256)}.part`;
      const download = () => http.download(`${filesUrl}/${sha256}`, part, length);
      if (isWhole(sha256)) return;
      const had = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
      if (had === length && takeIn(file)) return;
      await download();
      if (takeIn(file)) return;
      // The part that was here before may have been of something else: fetch all of it once more.
      if (had > 0) {
        await download();
        if (takeIn(file)) return;
      }
      throw new FeedError(`file ${sha256}: what came has another hash`);
    },
    read(file) {
      const bytes = readWhole(file);
      if (bytes === undefined) throw new FeedError(`file ${file.sha256}: damaged after it had arrived`);
      return openFile(bytes, file, cipher);
    },
    keepOnly(files) {
      const names = new Set(files.flatMap(({ sha256 }) => [sha256, `${sha256}.part`]));
      for (const name of readdirSync(directory)) if (!names.has(name)) rmSync(path(name), { force: true });
    },
  };
}
