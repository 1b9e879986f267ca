/** Whether a firmware runs on a journal now: SQLite holds a lock on the journal's shared memory for as long as it has it open. */
import { readFileSync } from 'node:fs';
import { foundAt } from '../kit/own-file.ts';

/**
 * Read from /proc/locks, which anybody may read and which disturbs nobody.
 * @param journal its path. @returns the process that has it open; undefined for none, and where the system does not tell
 */
export function processOnJournal(journal: string): number | undefined {
  const inode = foundAt(`${journal}-shm`)?.ino;
  if (inode === undefined) return undefined;
  const holder = readLocks()
    .map(line => /^\d+: POSIX +ADVISORY +\w+ +(\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line))
    .find(found => Number(found?.[2]) === inode);
  return holder?.[1] === undefined ? undefined : Number(holder[1]);
}

function readLocks(): string[] {
  try {
    return readFileSync('/proc/locks', 'utf8').split('\n');
  } catch {
    return [];
  }
}
