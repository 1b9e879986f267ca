/**
 * The feed's texts in a cache's directory (policy, lines), each named `<sha256>.<name>`: what a failing disk has changed is
 * not what its name says, and is not used.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';
import { sha256Hex } from '../feed/feed-file.ts';

/** @returns the path of the newest whole one; undefined where there is none */
export function findText(directory: string, name: string): string | undefined {
  return textsOf(directory, name)
    .toSorted((a, b) => writtenAt(b) - writtenAt(a))
    .find(isWhole);
}

/** Puts it in the place of the one before. */
export function keepText(directory: string, name: string, bytes: Uint8Array): void {
  const path = textPath(directory, name, sha256Hex(bytes));
  writeDurably(path, bytes);
  removeOthers(directory, name, path);
}

/**
 * Whether it is the one in use; then no other stays.
 * @param sha256 64 hex digits
 */
export function hasText(directory: string, name: string, sha256: string): boolean {
  const path = textPath(directory, name, sha256);
  const isInUse = findText(directory, name) === path;
  if (isInUse) removeOthers(directory, name, path);
  return isInUse;
}

function removeOthers(directory: string, name: string, path: string): void {
  for (const other of textsOf(directory, name)) if (other !== path) rmSync(other, { force: true });
}

function textPath(directory: string, name: string, sha256: string): string {
  return join(directory, `${sha256}.${name}`);
}

function textsOf(directory: string, name: string): string[] {
  if (!existsSync(directory)) return [];
  const isOne = (file: string) => file.length === 65 + name.length && /^[0-9a-f]{64}\./.test(file);
  return readdirSync(directory)
    .filter(file => isOne(file) && file.endsWith(`.${name}`))
    .map(file => join(directory, file));
}

function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isWhole(path: string): boolean {
  const named = /([0-9a-f]{64})\.[^/]*$/.exec(path)?.[1];
  return existsSync(path) && sha256Hex(readFileSync(path)) === named;
}
