/**
 * Puts a set of files in place as one: written aside and synced, then a symbolic link is renamed over the one before. A power cut at
 * any moment leaves the link leading to the old set or to the new one, each whole.
 */
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeviceError } from '../kit/errors.ts';
import { syncOwnDirectory } from '../kit/own-file.ts';

/**
 * One at a time for a link.
 *
 * @param link the symbolic link, `identity`
 * @param name of the set, never used before for another: `7-3f2a90bc`
 * @param check looks at the set before it is used. @throws what is wrong with it: then nothing has changed
 * @throws DeviceError config where something else stands in the link's place; the system's error
 */
export function installGeneration(
  link: string,
  name: string,
  files: Readonly<Record<string, string>>,
  check: (directory: string) => void,
): void {
  const home = dirname(link);
  const before = generationOf(link);
  const made = `${basename(link)}-${name}`;
  const building = join(home, `${made}.new`);
  removeAll(home, entry => isLeftOver(entry, basename(link)));
  try {
    writeAll(building, files);
    check(building);
    // Of a power cut before the link was renamed.
    rmSync(join(home, made), { recursive: true, force: true });
    renameSync(building, join(home, made));
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  syncOwnDirectory(home);
  const newLink = join(home, `.${basename(link)}.new`);
  symlinkSync(made, newLink);
  renameSync(newLink, link);
  syncOwnDirectory(home);
  const kept = new Set([made, before]);
  removeAll(home, entry => isGeneration(entry, basename(link)) && !kept.has(entry));
}

/** @returns its directory's name; undefined where there is none yet. @throws DeviceError config */
export function generationOf(link: string): string | undefined {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isSymbolicLink())
    throw new DeviceError('config', 'provisioning', `${link} was not provisioned: move it away first`);
  return readlinkSync(link);
}

function writeAll(directory: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(directory, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    const fd = openSync(join(directory, name), 'wx', 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
  syncOwnDirectory(directory);
}

function isGeneration(entry: string, link: string): boolean {
  return new RegExp(`^${link}-[0-9a-z-]+$`).test(entry);
}

function isLeftOver(entry: string, link: string): boolean {
  return (
    entry === `.${link}.new` || (entry.endsWith('.new') && isGeneration(entry.slice(0, -'.new'.length), link))
  );
}

function removeAll(home: string, isMeant: (entry: string) => boolean): void {
  for (const entry of readdirSync(home).filter(isMeant))
    rmSync(join(home, entry), { recursive: true, force: true });
}
