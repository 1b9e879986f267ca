/** Firmware archives, as `pack-firmware` makes them and as nobody should. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { schemas } from '../../../device/update/slot.ts';

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

export interface Entry {
  readonly path: string;
  readonly content?: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'FIFO' | 'CharacterDevice';
  readonly linkpath?: string;
  /** What its header says, where that is not so. */
  readonly size?: number;
}

/** A tar of these entries, whatever they are. */
export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath, size }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    new Header({ path, type, size: size ?? bytes.length, mode: 0o644, ...(linkpath && { linkpath }) }).encode(
      header,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function manifestOf(
  files: Readonly<Record<string, string>>,
  more: Record<string, unknown> = {},
): string {
  const listed = Object.entries(files).map(([path, content]) => [
    path,
    { sha256: sha256(content), size: Buffer.byteLength(content) },
  ]);
  const machine = { platform: process.platform, arch: process.arch, nodeAbi: process.versions.modules };
  return JSON.stringify({
    ...{ format: 1, version: '2.0.0', ...machine, schemas },
    ...{ entry: Object.keys(files)[0], files: Object.fromEntries(listed), ...more },
  });
}

export const files = { 'build/main.js': 'console.log(1)', 'native/x.node': 'elf'.repeat(400) };

/** @param change of the entries of a good one */
export function archiveOf(
  change: (entries: Entry[]) => Entry[] = entries => entries,
  more: Record<string, unknown> = {},
): Buffer {
  const entries = Object.entries(files).map(([path, content]) => ({ path, content }));
  return gzipSync(tarOf(change([{ path: 'manifest.json', content: manifestOf(files, more) }, ...entries])));
}

export function writeTree(directory: string, tree: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}
