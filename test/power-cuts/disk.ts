/**
 * What a disk may hold after a power cut. An operation that was synced is there; each of the others may be there or not, whatever
 * came after it, and of a write only the beginning. So it is for any file system that keeps what POSIX promises.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Operation } from './operations.ts';

/** Written in place; there may be room behind its end. */
interface Content {
  bytes: Buffer;
  length: number;
}

/** A file's operation and the inode that it is about: names change, it does not. */
interface Step {
  readonly operation: Operation;
  readonly inode: number;
  /** Of the name that it is about. */
  readonly folder: string;
}

/** One thing that a disk may hold, after so many operations. */
export interface CrashState {
  /** Operations before the cut. */
  readonly after: number;
  /** What has happened to those that were not synced, for a message. */
  readonly how: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly folders: ReadonlySet<string>;
}

/** Bytes of a sector: less is written whole, or not. */
const sector = 512;

/**
 * @param most of them, spread over all; each that comes is another one
 * @returns in the order of the operations
 */
export function* crashStates(
  operations: readonly Operation[],
  most = Number.POSITIVE_INFINITY,
): Generator<CrashState> {
  const steps = stepsOf(operations);
  const cuts = [...cutsOf(steps)];
  const stride = Math.max(1, cuts.length / most);
  const seen = new Set<string>();
  for (let at = 0; at < cuts.length; at += stride) {
    const cut = cuts[Math.floor(at)];
    if (cut === undefined) break;
    const { after, how, lost } = cut;
    const disk = apply(steps.slice(0, after), lost);
    const key = keyOf(disk);
    if (!seen.has(key)) yield { after, how, ...disk };
    seen.add(key);
  }
}

/** Writes what the disk holds into a new folder. */
export function materialise({ files, folders }: Pick<CrashState, 'files' | 'folders'>, into: string): void {
  mkdirSync(into, { recursive: true });
  for (const folder of folders) mkdirSync(join(into, folder), { recursive: true, mode: 0o700 });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(into, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(into, path), content, { mode: 0o600 });
  }
}

function stepsOf(operations: readonly Operation[]): Step[] {
  const names = new Map<string, number>();
  let inodes = 0;
  return operations.map(operation => {
    if (operation.kind === 'said') return { operation, inode: -1, folder: '' };
    const { path } = operation;
    if (operation.kind === 'create' || operation.kind === 'mkdir') names.set(path, ++inodes);
    const inode = names.get(path) ?? -1;
    if (operation.kind === 'rename') {
      names.delete(path);
      names.set(operation.to, inode);
    }
    if (operation.kind === 'remove') names.delete(path);
    return { operation, inode, folder: folderOf(path) };
  });
}

/** By index: null for an operation that is lost, a number for a write of which so many bytes are there. */
type Lost = ReadonlyMap<number, number | null>;

interface Cut {
  /** Operations before it. */
  readonly after: number;
  readonly how: string;
  readonly lost: Lost;
}

function* cutsOf(steps: readonly Step[]): Generator<Cut> {
  const syncedBy = steps.map((step, i) => syncOf(steps, step, i));
  for (let after = 0; after <= steps.length; after++) {
    // What is lost of the operations between two of these is among the losses of the later one.
    const next = steps[after]?.operation.kind;
    if (next !== undefined && next !== 'sync' && next !== 'said') continue;
    const pending = syncedBy.flatMap((by, i) => (i < after && by >= after ? [i] : []));
    for (const fate of fates(steps, pending)) yield { after, ...fate };
  }
}

function* fates(steps: readonly Step[], pending: readonly number[]): Generator<Omit<Cut, 'after'>> {
  const all = new Map(pending.map(i => [i, null]));
  yield { how: 'all there', lost: new Map() };
  yield { how: 'nothing there', lost: all };
  for (const i of pending) {
    const { operation } = steps[i] ?? {};
    const name = `${operation?.kind} ${operation && 'path' in operation ? operation.path : ''}`;
    yield { how: `${i} ${name} lost`, lost: new Map([[i, null]]) };
    yield { how: `${i} ${name} alone`, lost: new Map([...all].filter(([other]) => other !== i)) };
    yield { how: `lost from ${i} ${name} on`, lost: new Map([...all].filter(([other]) => other >= i)) };
    if (operation?.kind !== 'write') continue;
    const { length } = operation.bytes;
    for (const there of new Set([sector, Math.floor(length / 2 / sector) * sector, length - 1, 1])) {
      if (there <= 0 || there >= length) continue;
      yield { how: `${i} ${name} torn at ${there}`, lost: new Map([[i, there]]) };
      yield { how: `${i} ${name} torn at ${there} alone`, lost: new Map([...all, [i, there]]) };
    }
  }
}

/** @returns the index of what has synced it; none is behind all others, -1 where there is nothing to sync */
function syncOf(steps: readonly Step[], { operation, inode, folder }: Step, at: number): number {
  if (operation.kind === 'said' || operation.kind === 'sync') return -1;
  const isOfContent = operation.kind === 'write' || operation.kind === 'truncate';
  for (let i = at + 1; i < steps.length; i++) {
    const later = steps[i];
    if (later?.operation.kind !== 'sync') continue;
    if (isOfContent ? later.inode === inode : later.operation.path === folder) return i;
  }
  return Number.POSITIVE_INFINITY;
}

function apply(steps: readonly Step[], lost: Lost): Pick<CrashState, 'files' | 'folders'> {
  const inodes = new Map<number, Content>();
  const names = new Map<string, number>();
  const folders = new Set<string>();
  steps.forEach(({ operation, inode }, i) => {
    const fate = lost.get(i);
    if (fate === null) return;
    if (operation.kind === 'create') names.set(operation.path, inode);
    else if (operation.kind === 'mkdir') folders.add(operation.path);
    else if (operation.kind === 'remove') {
      names.delete(operation.path);
      folders.delete(operation.path);
    } else if (operation.kind === 'rename') {
      if (names.get(operation.path) === inode) names.delete(operation.path);
      names.set(operation.to, inode);
    } else if (operation.kind === 'write') {
      write(contentOf(inodes, inode), operation.offset, operation.bytes.subarray(0, fate ?? undefined));
    } else if (operation.kind === 'truncate') resize(contentOf(inodes, inode), operation.length);
  });
  const files = new Map(
    [...names].map(([path, inode]) => {
      const { bytes, length } = contentOf(inodes, inode);
      return [path, bytes.subarray(0, length)];
    }),
  );
  return { files, folders };
}

function contentOf(inodes: Map<number, Content>, inode: number): Content {
  const content = inodes.get(inode) ?? { bytes: Buffer.alloc(0), length: 0 };
  inodes.set(inode, content);
  return content;
}

function write(content: Content, offset: number, bytes: Buffer): void {
  resize(content, Math.max(content.length, offset + bytes.length));
  bytes.copy(content.bytes, offset);
}

/** What is behind the end reads as zeros, should the file grow again. */
function resize(content: Content, length: number): void {
  if (length > content.bytes.length) {
    const larger = Buffer.alloc(Math.max(4096, 2 * length));
    content.bytes.copy(larger, 0, 0, content.length);
    content.bytes = larger;
  }
  if (length < content.length) content.bytes.fill(0, length, content.length);
  content.length = length;
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}

function keyOf({ files, folders }: Pick<CrashState, 'files' | 'folders'>): string {
  const hash = createHash('sha256');
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\n${content.length}\n`).update(content);
  return hash.update([...folders].sort().join('\n')).digest('hex');
}
