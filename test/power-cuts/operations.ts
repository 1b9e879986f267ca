/** What a program does to a folder: each operation that a power cut may lose, and what it tells the world meanwhile. */
import { resolve } from 'node:path';
import { bytesIn, type Call, callsIn, type Descriptor, descriptorIn, textIn } from './strace.ts';

/** Paths are relative to the folder, '' for itself. */
export type Operation =
  | { readonly kind: 'create' | 'mkdir' | 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  /** Of a file's content, or of a folder's names. */
  | { readonly kind: 'sync'; readonly path: string }
  /** A line on stdout: from here on it must hold. */
  | { readonly kind: 'said'; readonly line: string };

export const traced = [
  ...['open', 'openat', 'creat', 'close', 'write', 'pwrite64', 'writev', 'pwritev', 'ftruncate', 'truncate'],
  ...[
    'rename',
    'renameat',
    'renameat2',
    'unlink',
    'unlinkat',
    'rmdir',
    'mkdir',
    'mkdirat',
    'fsync',
    'fdatasync',
  ],
  ...['copy_file_range', 'sendfile', 'link', 'linkat', 'symlink', 'symlinkat', 'fallocate'],
];

/**
 * SQLite makes its shared memory anew where nobody else has the database open, a lock file has no content, and each sync
 * begins by removing the copy of the metadata that the one before worked on.
 */
const isOfNoUse = (path: string) => /-shm$|\/lock\.sqlite$|\/metadata\.copy(\/|$)/.test(path);

/** @param folder absolute; only what is done in it counts */
export function operationsIn(trace: string, folder: string): Operation[] {
  const operations: Operation[] = [];
  const offsets = new Map<string, number>();
  const sizes = new Map<string, number>();

  function place(path: string): string | undefined {
    const isInside = path === folder || path.startsWith(`${folder}/`);
    return isInside && !isOfNoUse(path) && !path.endsWith(' (deleted)')
      ? path.slice(folder.length + 1)
      : undefined;
  }

  function open({ words }: Call, { number, path: full }: Descriptor): void {
    const path = place(full);
    if (path === undefined) return;
    const flags = words.find(word => word.startsWith('O_')) ?? '';
    offsets.set(number, flags.includes('O_APPEND') ? (sizes.get(path) ?? 0) : 0);
    if (flags.includes('O_CREAT') && !sizes.has(path)) {
      sizes.set(path, 0);
      operations.push({ kind: 'create', path });
    } else if (flags.includes('O_TRUNC')) truncate(path, 0);
  }

  function truncate(path: string, length: number): void {
    sizes.set(path, length);
    operations.push({ kind: 'truncate', path, length });
  }

  function write({ number, path: full }: Descriptor, bytes: Buffer, at?: number): void {
    const path = place(full);
    if (path === undefined) return;
    const offset = at ?? offsets.get(number) ?? 0;
    if (at === undefined) offsets.set(number, offset + bytes.length);
    sizes.set(path, Math.max(sizes.get(path) ?? 0, offset + bytes.length));
    operations.push({ kind: 'write', path, offset, bytes });
  }

  function move(from: string | undefined, to: string | undefined): void {
    if (from === undefined || to === undefined) return;
    sizes.set(to, sizes.get(from) ?? 0);
    sizes.delete(from);
    operations.push({ kind: 'rename', path: from, to });
  }

  function take(call: Call): void {
    const { name, words, result, opened } = call;
    const [first = '', second = ''] = words;
    const fd = descriptorIn(first);
    const paths = pathsOf(words).map(place);
    const [path] = paths;
    if (opened !== undefined) open(call, opened);
    else if (name === 'close' && fd !== undefined) offsets.delete(fd.number);
    else if (name === 'write' && fd?.number === '1')
      for (const line of bytesIn(second).toString().trim().split('\n'))
        operations.push({ kind: 'said', line });
    else if (fd !== undefined && name === 'write') write(fd, bytesIn(second));
    else if (fd !== undefined && name === 'pwrite64') write(fd, bytesIn(second), Number(words[3]));
    else if (fd !== undefined && /^p?writev$/.test(name)) {
      const parts = [...second.matchAll(/iov_base="([^"]*)"/g)].map(([, text = '']) => bytesIn(text));
      write(fd, Buffer.concat(parts).subarray(0, result), name === 'writev' ? undefined : Number(words[3]));
    } else if (fd !== undefined && name === 'ftruncate') {
      const at = place(fd.path);
      if (at !== undefined) truncate(at, Number(second));
    } else if (fd !== undefined && /^f(data)?sync$/.test(name)) {
      const at = place(fd.path);
      if (at !== undefined) operations.push({ kind: 'sync', path: at });
    } else if (name.startsWith('rename')) move(path, paths[1]);
    else if (path !== undefined && /^(unlink|rmdir)/.test(name)) {
      sizes.delete(path);
      operations.push({ kind: 'remove', path });
    } else if (path !== undefined && name.startsWith('mkdir')) operations.push({ kind: 'mkdir', path });
    else if (result > 0 && changed(call).some(word => place(descriptorIn(word)?.path ?? '') !== undefined))
      throw new Error(`what ${name} does is not known here`);
  }

  for (const call of callsIn(trace)) if (call.result >= 0) take(call);
  return operations;
}

/** Descriptors of what a call may change: a copy changes what it is copied to. */
function changed({ name, words }: Call): readonly string[] {
  return name === 'copy_file_range' ? words.slice(2, 3) : words;
}

/** Each text is relative to the folder that a descriptor before it names. */
function pathsOf(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (!word.startsWith('"')) return [];
    const from = descriptorIn(words[i - 1] ?? '')?.path;
    return [resolve(from ?? '/', textIn(word))];
  });
}
