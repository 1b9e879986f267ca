/** The generation a sync starts from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { candidates, readPointer, takeAway, writePointer } from '../cache/directory.ts';
import { type Generation, isDamage, openGeneration, UnknownKey } from '../cache/generation.ts';
import { makeSideFiles } from '../cache/read-only-media.ts';
import type { GenerationState } from '../cache/seal.ts';
import type { FleetKey } from '../fleet-keys.ts';

/**
 * Opens the best usable generation for writing. Damaged ones before it are removed; one whose key is not held stays,
 * because the key may come later.
 * @throws Error when it cannot tell, as on a full disk
 */
export function openCached(directory: string, keys: readonly FleetKey[]): Generation | undefined {
  restorePointer(directory);
  for (const name of candidates(directory)) {
    try {
      const generation = openGeneration(join(directory, name), keys, {});
      generation.db.pragma('journal_size_limit = 4194304');
      return generation;
    } catch (error) {
      if (isDamage(error)) takeAway(directory, name);
      else if (!(error instanceof UnknownKey)) throw error;
    }
  }
  return undefined;
}

/** Leaves it so that it can be read on media that have become read-only. */
export function closeCached({ db }: Generation): void {
  db.close();
  // It may have been replaced meanwhile.
  if (!existsSync(db.name)) return;
  try {
    makeSideFiles(db.name);
  } catch {
    // The disk is full: the next one to open it makes them.
  }
}

/** Without a pointer the newest generations are in use, and nothing would say which are no longer needed. */
function restorePointer(directory: string): void {
  const [current, previous = null] = candidates(directory);
  if (current !== undefined && readPointer(directory) === undefined)
    writePointer(directory, { current, previous });
}

/** The version in use; null where there is none. */
export function cachedVersion(directory: string, keys: readonly FleetKey[]): number | null {
  return cachedState(directory, keys)?.version ?? null;
}

/** The state in use. */
export function cachedState(directory: string, keys: readonly FleetKey[]): GenerationState | undefined {
  for (const name of candidates(directory)) {
    try {
      const { db, state } = openGeneration(join(directory, name), keys, { readonly: true });
      db.close();
      return state;
    } catch {
      // The next one is in use.
    }
  }
  return undefined;
}
