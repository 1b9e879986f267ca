/**
 * Files and directories that only this program and its owner may change: keys, journal, cache, stores. Whoever may write one of
 * them decides what it says, so they are refused if others may; a symbolic link in the place of one is never followed.
 *
 * What belongs to root counts as one's own.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const worldMayWrite = 0o002;
const groupMayWrite = 0o020;
const othersMayRead = 0o044;
const othersMayEnter = 0o055;
const sticky = 0o1000;

export type Kind = 'file' | 'directory';

/** Where the directory is a partition of its own; for root alone. */
const ofFileSystem = 'lost+found';

/** Made with mode 0600 where it is not there. @throws Error for a link, no plain file, what others may write; the system's error */
export function openOwnFile(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  try {
    refuse(path, fstatSync(fd), 'file');
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** What was renamed in it is on the disk when this returns. @throws the system's error */
export function syncOwnDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Waits for no pipe. @throws Error as `openOwnFile` does */
export function readOwnFile(path: string): Buffer {
  const fd = openOwnFile(path, constants.O_RDONLY);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** For SQLite, which opens a path itself and gives its other files the same mode. @throws Error as `openOwnFile` does */
export function prepareOwnDatabase(path: string): void {
  checkOwnDirectory(dirname(path));
  for (const end of ['', '-wal', '-shm', '-journal']) checkOwnFile(`${path}${end}`);
  closeSync(openOwnFile(path, constants.O_RDWR | constants.O_CREAT));
}

/** @throws Error for a link, no plain file, and what others may write; nothing there is all right */
export function checkOwnFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) refuse(path, found, 'file');
}

/** @throws Error for a link, and for one that others may write; nothing there, or a plain file, is for others to tell */
export function checkOwnDirectory(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) refuse(path, found, 'directory');
}

/**
 * A directory and all that is in it.
 *
 * @param kindOf what a path in it must be; undefined for either
 * @throws Error as `checkOwnFile` and `checkOwnDirectory` do, and for what is not of its kind
 */
export function checkOwnTree(
  path: string,
  kindOf: (path: string) => Kind | undefined = () => undefined,
): void {
  checkOwnDirectory(path);
  // A file in its place is told by whoever wants the directory.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(path)) {
    if (name === ofFileSystem) continue;
    const inner = join(path, name);
    const found = lstatSync(inner, { throwIfNoEntry: false });
    // Others of our own may be at work there.
    if (found === undefined) continue;
    refuse(inner, found, kindOf(inner) ?? (found.isDirectory() ? 'directory' : 'file'));
    if (found.isDirectory()) checkOwnTree(inner, kindOf);
  }
}

/**
 * A file that an operator has put there, by a link or not: nobody else may write or replace it.
 *
 * @throws Error; nothing there is all right
 */
export function checkGivenFile(path: string): void {
  for (const given of [path, dirname(path)]) {
    const found = statSync(given, { throwIfNoEntry: false });
    if (found !== undefined) refuseWritable(given, found);
  }
}

/** @returns those that others may read, for a warning: they hold secrets, or what people did */
export function readableByOthers(paths: readonly string[]): string[] {
  return paths.filter(path => {
    const found = foundAt(path);
    // Whoever may enter a directory reads in it what they know by name.
    return ((found?.mode ?? 0) & (found?.isDirectory() ? othersMayEnter : othersMayRead)) !== 0;
  });
}

/** @returns undefined for what is not there, and for what cannot be looked at */
export function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function refuse(path: string, found: Stats, kind: Kind): void {
  if (found.isSymbolicLink()) throw new Error(`${path} is a symbolic link`);
  if (!(kind === 'file' ? found.isFile() : found.isDirectory()))
    throw new Error(`${path} is no plain ${kind}`);
  refuseWritable(path, found);
  if (found.uid !== 0 && found.uid !== process.geteuid?.())
    throw new Error(`${path} belongs to another user`);
}

/** In a directory with the sticky bit, as /tmp, nobody can replace what is another's. */
function refuseWritable(path: string, found: Stats): void {
  if (found.isDirectory() && (found.mode & sticky) !== 0) return;
  const byGroup = (found.mode & groupMayWrite) !== 0 && !isOwnGroup(found.gid);
  if (byGroup || (found.mode & worldMayWrite) !== 0) {
    throw new Error(`others may write ${path}: chmod go-w ${path}`);
  }
}

/** Many systems give each user a group of the same number, and let it write. */
function isOwnGroup(gid: number): boolean {
  const uid = process.geteuid?.();
  return uid !== 0 && gid === uid;
}
