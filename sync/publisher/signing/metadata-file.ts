/** TUF metadata as files: signed, written, and described by length and hash for the file that names it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Metadata, MetaFile, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { feedPlaces } from '../feed-places.ts';
import type { SigningKey } from './signing-keys.ts';

const specVersion = '1.0.31';

/** What every kind of metadata begins with. `now` in Unix milliseconds, the expiry to the second, rounded down. */
export function commonFields(version: number, now: number, lifetimeMs: number) {
  const expires = new Date(now + lifetimeMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return { specVersion, version, expires };
}

/** The file's content. */
export function signed(content: Root | Targets | Snapshot | Timestamp, keys: readonly SigningKey[]): Buffer {
  const metadata = new Metadata(content);
  for (const key of keys) metadata.sign(bytes => key.sign(bytes));
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}

export function describe(version: number, bytes: Uint8Array): MetaFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return new MetaFile({ version, length: bytes.length, hashes: { sha256 } });
}

/** @param name as a client asks for it, like `3.targets.json` */
export function writeMetadata(dir: string, name: string, bytes: Uint8Array): void {
  writeDurably(join(feedPlaces(dir).metadata, name), bytes);
}
