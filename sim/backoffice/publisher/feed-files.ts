/** Writes the feed's own files, each once, and counts what was written. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../../sync/durable-file.ts';
import { type FeedFile, type FileRef, unpackFile } from '../../../sync/feed/feed-file.ts';

export interface FeedFiles {
  /** Bytes written so far. */
  readonly bytesWritten: number;
  put(file: FeedFile): FileRef;
  /** Decompressed. */
  read(file: FileRef): Buffer;
}

export function openFeedFiles(directory: string): FeedFiles {
  mkdirSync(directory, { recursive: true });
  let bytesWritten = 0;
  return {
    get bytesWritten() {
      return bytesWritten;
    },
    put({ bytes, sha256, length, size }) {
      const path = join(directory, sha256);
      if (!existsSync(path)) {
        writeDurably(path, bytes);
        bytesWritten += length;
      }
      return { sha256, length, size };
    },
    read: file => unpackFile(readFileSync(join(directory, file.sha256)), file),
  };
}
