/** A file for somebody else, that a technician wants made: opened as whoever asks for it, before root becomes the firmware's user. */
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf, WrongUsage } from '../kit/errors.ts';

export interface OutFile {
  /** It is on the disk when this returns. @throws the system's error */
  write(text: string): void;
  /** Where nothing came of it. */
  discard(): void;
}

/** Readable by everybody: there is nothing secret in it. @throws WrongUsage where it is there already, or cannot be made */
export function openOutFile(path: string): OutFile {
  const fd = open(path);
  return {
    write(text) {
      writeFileSync(fd, text);
      fsyncSync(fd);
      closeSync(fd);
    },
    discard() {
      closeSync(fd);
      try {
        rmSync(path);
      } catch {
        // As another user by now: an empty file is left.
      }
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'wx', 0o644);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new WrongUsage(isThere ? `${path} is there already` : messageOf(error));
  }
}
