/** A feed's target files, each named after its content, and what the targets metadata says of them. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { TargetFile } from '@tufjs/models';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { feedPlaces } from '../feed-places.ts';

/** What canonical JSON can say: numbers are integers. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface PublishedTarget {
  /** 64 lower-case hex digits */
  readonly sha256: string;
  /** bytes */
  readonly length: number;
  /** Signed along with it, for the reader. */
  readonly custom?: Record<string, Json>;
}

/**
 * Writes a target's file; it is for readers once it is published.
 *
 * @param name a file name of letters, digits, `.`, `_` and `-`
 * @throws RangeError when it is not
 */
export function writeTarget(
  dir: string,
  name: string,
  bytes: Uint8Array,
): { sha256: string; length: number } {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeDurably(targetPath(dir, name, sha256), bytes);
  return { sha256, length: bytes.length };
}

/** @throws Error when one is not there in its length, RangeError when a name is not one for a target */
export function targetFiles(
  dir: string,
  targets: Readonly<Record<string, PublishedTarget>>,
): Record<string, TargetFile> {
  return Object.fromEntries(
    Object.entries(targets).map(([path, { sha256, length, custom }]) => {
      requireFile(targetPath(dir, path, sha256), length);
      const unrecognizedFields = custom ? { custom } : {};
      return [path, new TargetFile({ path, length, hashes: { sha256 }, unrecognizedFields })];
    }),
  );
}

function requireFile(path: string, length: number): void {
  const size = statSync(path).size;
  if (size !== length) throw new Error(`${path} has ${size} bytes, not ${length}`);
}

function targetPath(dir: string, name: string, sha256: string): string {
  if (!/^[a-z0-9][\w.-]*$/i.test(name)) throw new RangeError(`not a target's name: ${JSON.stringify(name)}`);
  return join(feedPlaces(dir).targets, `${sha256}.${name}`);
}
