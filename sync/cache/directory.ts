/**
 * A cache's directory: which generation is in use and which was before it.
 *
 * Generations are files `links-<version>-<number>.sqlite`; `current.json` names the one in use and the previous one, which
 * stays until the one in use has proved itself.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { readOwnFile } from '../../device/kit/own-file.ts';

const pointerFile = 'current.json';
const generationName = /^links-(\d{1,16})-(\d{1,9})\.sqlite$/;
const name = z.string().regex(generationName);
const pointerSchema = z.object({ current: name, previous: name.nullable() });
const sideFiles = ['', '-wal', '-shm', '.building', '.building-journal'];

export interface Pointer {
  readonly current: string;
  readonly previous: string | null;
}

/** @returns undefined when there is none, or none that can be read */
export function readPointer(directory: string): Pointer | undefined {
  try {
    const text = readOwnFile(join(directory, pointerFile));
    return pointerSchema.safeParse(JSON.parse(text.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

export function writePointer(directory: string, pointer: Pointer): void {
  writeDurably(join(directory, pointerFile), JSON.stringify(pointer));
}

/** The generations to use, the best first: as the pointer says, or where there is none the newest that are there. */
export function candidates(directory: string): string[] {
  const pointer = readPointer(directory);
  if (pointer === undefined) return listGenerations(directory);
  return [pointer.current, pointer.previous].filter(file => file !== null);
}

/** The newest first; none where there is no such directory, or it cannot be read. */
function listGenerations(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter(file => generationName.test(file))
      .sort((a, b) => versionOfName(b) - versionOfName(a));
  } catch {
    return [];
  }
}

/** The version it was built for. */
export function versionOfName(generation: string): number {
  return Number(generationName.exec(generation)?.[1]);
}

/** A name never used before: a late message about a removed generation must not be taken to mean this one. */
export function newGenerationName(directory: string, version: number): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let number = Date.now() % 1e9;
  const nameOf = () => `links-${version}-${number}.sqlite`;
  while (sideFiles.some(end => existsSync(join(directory, nameOf() + end)))) number++;
  return nameOf();
}

/** Puts a finished generation into use; the one that was in use becomes the previous one. */
export function putIntoUse(directory: string, generation: string): void {
  const before = readPointer(directory);
  writePointer(directory, { current: generation, previous: before?.current ?? null });
  removeOthers(directory);
}

/** Removes the previous generation, once the one in use has been checked. */
export function dropPrevious(directory: string): void {
  const pointer = readPointer(directory);
  if (pointer === undefined || pointer.previous === null) return;
  writePointer(directory, { current: pointer.current, previous: null });
  removeOthers(directory);
}

/** Removes a damaged generation. If it was the one in use, the previous one is in use again. */
export function takeAway(directory: string, generation: string): void {
  const rest = candidates(directory).filter(file => file !== generation);
  const [current, previous = null] = rest;
  if (current === undefined) rmSync(join(directory, pointerFile), { force: true });
  else writePointer(directory, { current, previous });
  for (const end of sideFiles) rmSync(join(directory, generation + end), { force: true });
}

/** Removes generations that the pointer does not name, and unfinished ones. */
export function removeOthers(directory: string): void {
  const kept = candidates(directory);
  for (const file of readdirSync(directory)) {
    const base = /^links-\d+-\d+\.sqlite/.exec(file)?.[0];
    if (base !== undefined && (!kept.includes(base) || file.startsWith(`${base}.building`))) {
      rmSync(join(directory, file), { force: true });
    }
  }
}
