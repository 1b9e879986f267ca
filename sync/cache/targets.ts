/**
 * The feed's targets beside the index (policy, lines) in a cache's directory, each named `<sha256>.<name>`. If a failing
 * disk has changed one, it no longer fits its name and is not used.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { sha256Hex } from '../feed/feed-file.ts';

/** @returns the path of the newest whole one; undefined where there is none */
export function findTarget(directory: string, name: string): string | undefined {
  return pathsOf(directory, name)
    .toSorted((a, b) => writtenAt(b) - writtenAt(a))
    .find(isWhole);
}

/** Replaces the one before. */
export function keepTarget(directory: string, name: string, bytes: Uint8Array): void {
  const path = targetPath(directory, name, sha256Hex(bytes));
  writeDurably(path, bytes);
  removeOthers(directory, name, path);
}

/**
 * Whether it is the one in use; if so, others are removed.
 * @param sha256 64 hex digits
 */
export function hasTarget(directory: string, name: string, sha256: string): boolean {
  const path = targetPath(directory, name, sha256);
  const isInUse = findTarget(directory, name) === path;
  if (isInUse) removeOthers(directory, name, path);
  return isInUse;
}

function removeOthers(directory: string, name: string, path: string): void {
  for (const other of pathsOf(directory, name)) if (other !== path) rmSync(other, { force: true });
}

function targetPath(directory: string, name: string, sha256: string): string {
  return join(directory, `${sha256}.${name}`);
}

function pathsOf(directory: string, name: string): string[] {
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
