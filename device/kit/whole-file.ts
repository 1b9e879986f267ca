/** As durable-file.ts, and without this thread waiting for the disk: small files that are written while taps go on. */
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Written aside, fsynced, renamed; mode 0600. One writer at a time: the name it is written under first is `.NAME.new` beside it.
 * @throws the system's error; an older file at `path` is then still whole
 */
export async function writeWhole(path: string, data: Uint8Array | string): Promise<void> {
  const building = join(dirname(path), `.${basename(path)}.new`);
  await rm(building, { force: true });
  try {
    await writeSynced(building, data);
    await moveWhole(building, path);
  } catch (error) {
    await rm(building, { force: true });
    throw error;
  }
}

/** Within one directory, over what is there; when it resolves the disk has it. @throws the system's error */
export async function moveWhole(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncPath(dirname(to));
}

/** A file or a directory. @throws the system's error */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Ours alone, made where it is not there. @throws the system's error */
export async function makeOwnDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** @throws the system's error, also where the file is there already */
export async function writeSynced(path: string, data: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
