/**
 * Files to send, and where files that come over the console's line wait: directories beside the journal. Nobody uses
 * the latter unasked. Each is taken up only whole, under a plain name, and leaves most of the disk's room to the journal.
 */
import { readdirSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonic } from '../../kit/time.ts';
import { makeOwnDirectory, syncPath } from '../../kit/whole-file.ts';

export interface NamedFile {
  readonly name: string;
  readonly bytes: number;
}

/** @returns plain files with plain names, the newest first; none where there is no such directory */
export async function filesIn(directory: string): Promise<NamedFile[]> {
  const names = await readdir(directory).catch(() => []);
  const found = await Promise.all(
    names
      .filter(name => plainName.test(name))
      .map(async name => ({ name, file: await lstat(join(directory, name)).catch(() => undefined) })),
  );
  return found
    .flatMap(({ name, file }) => (file?.isFile() ? [{ name, bytes: file.size, at: file.mtimeMs }] : []))
    .sort((a, b) => b.at - a.at)
    .map(({ name, bytes }) => ({ name, bytes }));
}

export interface Inbox {
  readonly directory: string;
  /** How many bytes may come now: a quarter of what is free, and no more than a firmware needs. */
  room(): Promise<number>;
  /** @returns a new directory that files may come into */
  begin(): Promise<string>;
  /** More files than a technician sends; looked at once a second. */
  isTooMany(coming: string): boolean;
  /** @returns the files that were taken up; nothing else stays */
  takeUp(coming: string, limitBytes: number): Promise<readonly NamedFile[]>;
  /** Nothing of what has come stays. */
  giveUp(coming: string): Promise<void>;
}

const mostBytes = 256 * 1024 * 1024;
const mostFiles = 12;
const prefix = '.coming-';
/** No path, no hidden file, nothing that a shell or a screen takes amiss. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,99}$/;

export function createInbox(directory: string): Inbox {
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function forgetOldest(): Promise<void> {
    const files = await filesIn(directory);
    for (const { name } of files.slice(mostFiles)) await rm(join(directory, name), { force: true });
  }

  return {
    directory,
    async room() {
      await makeOwnDirectory(directory);
      const { bavail, bsize } = await statfs(directory);
      return Math.min(mostBytes, Math.floor((bavail * bsize) / 4));
    },
    async begin() {
      await makeOwnDirectory(directory);
      // A power cut may have left some.
      const names = (await readdir(directory)).filter(name => name.startsWith(prefix));
      for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
      return mkdtemp(join(directory, prefix));
    },
    isTooMany(coming) {
      if (monotonic() - lookedAt < 1000) return false;
      lookedAt = monotonic();
      return readdirSync(coming).length > mostFiles;
    },
    async takeUp(coming, limitBytes) {
      const files = (await filesIn(coming)).filter(({ bytes }) => bytes <= limitBytes).slice(0, mostFiles);
      for (const { name } of files) {
        await syncPath(join(coming, name));
        await rename(join(coming, name), join(directory, name));
      }
      await rm(coming, { recursive: true, force: true });
      await forgetOldest();
      await syncPath(directory);
      return files;
    },
    giveUp: coming => rm(coming, { recursive: true, force: true }),
  };
}
