/** The generation a sync starts from. */
import { join } from 'node:path';
import { candidates, readPointer, takeAway, writePointer } from '../cache/directory.ts';
import { type Generation, isDamage, openGeneration, UnknownKey } from '../cache/generation.ts';
import type { FleetKey } from '../fleet-keys.ts';

/**
 * Open for writing. Those in front of it that are damaged are taken away; one under a key not held stays, for the key
 * may come.
 * @throws Error when it cannot be told, as on a disk that is full
 */
export function openHere(directory: string, keys: readonly FleetKey[]): Generation | undefined {
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

/** Without it the newest are in use; nobody would know when they are not needed any more. */
function restorePointer(directory: string): void {
  const [current, previous = null] = candidates(directory);
  if (current !== undefined && readPointer(directory) === undefined)
    writePointer(directory, { current, previous });
}

/** The version in use; null where there is none. */
export function versionHere(directory: string, keys: readonly FleetKey[]): number | null {
  for (const name of candidates(directory)) {
    try {
      const { db, state } = openGeneration(join(directory, name), keys, { readonly: true });
      db.close();
      return state.version;
    } catch {
      // The next one is in use.
    }
  }
  return null;
}
