/** Files that are whole or not there, also after a power cut: written aside, fsynced, renamed. */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * One writer at a time: the name it is written under first is `.NAME.new` beside it.
 *
 * @param mode of the new file, less the umask
 * @throws Error when it cannot be written; an older file at `path` is then still whole
 */
export function writeDurably(path: string, data: Uint8Array | string, mode = 0o644): void {
  const building = join(dirname(path), `.${basename(path)}.new`);
  rmSync(building, { force: true });
  try {
    writeSynced(building, data, mode);
    moveDurably(building, path);
  } catch (error) {
    rmSync(building, { force: true });
    throw error;
  }
}

/** Removes what a writer that was killed has left in a folder; none may be at work there. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^\..+\.new$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Renames within one folder, over what is there; on return the disk has it. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  const folder = openSync(dirname(to), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeSynced(path: string, data: Uint8Array | string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
