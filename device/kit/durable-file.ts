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
  syncPath(dirname(to));
}

/** Files of one folder that have been written but not synced: all get their names; on return the disk has them. */
export function moveAllDurably(
  folder: string,
  moves: readonly { readonly from: string; readonly to: string }[],
): void {
  for (const { from } of moves) syncPath(from);
  for (const { from, to } of moves) renameSync(from, to);
  if (moves.length > 0) syncPath(folder);
}

/** A file or a folder. */
export function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
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
