/**
 * The files that a technician may take away: archives, copies of the journal, pictures. In a directory of their own beside the journal,
 * by names that the validator gives, and only the newest of them: they must not fill its disk.
 */
import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOwnDirectory, writeWhole } from '../kit/whole-file.ts';

export interface OutboxFile {
  readonly name: string;
  readonly bytes: number;
  /** Unix milliseconds */
  readonly writtenAt: number;
}

export interface Outbox {
  readonly directory: string;
  /** Newest first; none where there is no directory yet. */
  list(): Promise<readonly OutboxFile[]>;
  /**
   * Where a file of this kind goes, and whose name says when it was made. Older ones make room for it.
   * @param kind small letters, such as `diagnostics`. @param ending such as `tar.gz`
   * @throws the system's error
   */
  next(kind: string, ending: string): Promise<{ readonly name: string; readonly path: string }>;
  /** @throws the system's error */
  put(kind: string, ending: string, data: Uint8Array): Promise<OutboxFile>;
}

const mostFiles = 12;
const mostBytes = 512 * 1024 * 1024;

/** @param device its name is in those of the files. @param clock Unix milliseconds */
export function createOutbox(directory: string, device: string, clock: () => number): Outbox {
  const owner = device.replace(/[^A-Za-z0-9._-]/g, '_');

  async function list(): Promise<OutboxFile[]> {
    const names = await readdir(directory).catch(() => []);
    const found = await Promise.all(names.map(name => describe(directory, name)));
    return found.filter(file => file !== undefined).sort((a, b) => b.writtenAt - a.writtenAt);
  }

  async function makeRoom(): Promise<void> {
    let bytes = 0;
    for (const [i, file] of (await list()).entries()) {
      bytes += file.bytes;
      if (i >= mostFiles - 1 || bytes > mostBytes) await rm(join(directory, file.name), { force: true });
    }
  }

  async function next(kind: string, ending: string) {
    await makeOwnDirectory(directory);
    await makeRoom();
    const taken = new Set(await readdir(directory));
    const base = `${kind}-${owner}-${dateOf(clock())}`;
    const names = [base, ...Array.from({ length: mostFiles }, (_, i) => `${base}-${i + 2}`)];
    const free = names.map(name => `${name}.${ending}`).find(name => !taken.has(name));
    const name = free ?? `${base}.${ending}`;
    return { name, path: join(directory, name) };
  }

  return {
    directory,
    list,
    next,
    async put(kind, ending, data) {
      const { name, path } = await next(kind, ending);
      await writeWhole(path, data);
      const { mtimeMs } = await stat(path);
      return { name, bytes: data.length, writtenAt: mtimeMs };
    },
  };
}

/** A plain file that is whole; what begins with a dot is being written. */
async function describe(directory: string, name: string): Promise<OutboxFile | undefined> {
  if (name.startsWith('.')) return undefined;
  const found = await lstat(join(directory, name)).catch(() => undefined);
  return found?.isFile() ? { name, bytes: found.size, writtenAt: found.mtimeMs } : undefined;
}

/** Beijing's, as the crew's watches have it: 20221201-053000. */
function dateOf(at: number): string {
  const beijing = new Date((Number.isFinite(at) ? at : 0) + 8 * 3_600_000).toISOString();
  return beijing.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}
