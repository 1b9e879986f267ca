/**
 * Back to what a validator is when it has been installed: link cache, counters, test record and files to take away are deleted; the
 * next start gets everything from the feed anew.
 *
 * Settings, keys and the journal stay. The journal's rows that the back office has not acknowledged are somebody's money, its numbers
 * must never be given again, and acknowledged rows are deleted in their time.
 *
 * Files that are open are not deleted beneath who uses them: a mark is written, the process starts anew, and the start carries the reset
 * out before it opens anything. The mark goes last, so that a power cut in between only begins it again.
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Log } from '../kit/log.ts';
import { syncOwnDirectory } from '../kit/own-file.ts';
import { writeWhole } from '../kit/whole-file.ts';
import type { Config } from '../settings/config.ts';

export interface ResetPlaces {
  readonly mark: string;
  /** Files and directories, whole. */
  readonly deleted: readonly string[];
  readonly kept: readonly string[];
}

export function resetPlaces({
  journal,
  links,
  feed,
}: Pick<Config, 'journal' | 'links' | 'feed'>): ResetPlaces {
  const { counters, selftest, outbox, inbox, reset } = maintenanceFiles(journal);
  // A cache that is delivered as files comes from nobody again.
  const cache = feed === undefined ? [] : [links.cache];
  return {
    mark: reset,
    deleted: [...cache, counters, selftest, outbox, inbox],
    kept: [journal, links.fleetKeys],
  };
}

/** Beside the journal, as all that this validator writes. */
export function maintenanceFiles(journal: string) {
  return {
    counters: `${journal}-counters`,
    selftest: `${journal}-selftest`,
    outbox: `${journal}-outbox`,
    inbox: `${journal}-in`,
    reset: `${journal}-reset`,
  };
}

/** The next start will do it. @throws the system's error */
export async function markReset({ mark }: Pick<ResetPlaces, 'mark'>): Promise<void> {
  await writeWhole(mark, 'factory reset\n');
}

/**
 * For a start, before anything is opened. What cannot be deleted stays, is told, and does not keep the validator from starting.
 * @returns whether there was one to carry out
 */
export function carryOutReset(
  { mark, deleted, kept }: ResetPlaces,
  log: Pick<Log, 'warn' | 'error'>,
): boolean {
  if (!existsSync(mark)) return false;
  for (const path of deleted) {
    try {
      empty(path);
    } catch (error) {
      log.error('reset-left', { path, problem: String(Object(error).code ?? error) });
    }
  }
  try {
    syncOwnDirectory(dirname(mark));
    rmSync(mark, { force: true });
    syncOwnDirectory(dirname(mark));
  } catch (error) {
    log.error('reset-left', { path: mark, problem: String(Object(error).code ?? error) });
  }
  log.warn('factory-reset', { deleted, kept });
  return true;
}

/** A directory stays: who installed the validator has made it, and it may be a partition of its own. */
function empty(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) rmSync(path, { force: true });
  else for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
}
