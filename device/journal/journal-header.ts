/** What a file's first bytes say of it as a journal (SQLite file format, 1.3), without opening it as a database. */
import { closeSync, openSync, readSync } from 'node:fs';
import { applicationId, schemaVersion } from './database.ts';

const magic = 'SQLite format 3\0';
const headerBytes = 100;
const versionAt = 60;
const applicationIdAt = 68;

/**
 * @returns `foreign` for what is no journal, `newer` for one that a newer firmware has written; undefined for a journal, also
 * one that is still empty
 * @throws the system's error
 */
export function whyNoJournal(path: string): 'foreign' | 'newer' | undefined {
  const head = readHead(path);
  if (head.length === 0) return undefined;
  if (head.length < headerBytes || head.toString('latin1', 0, magic.length) !== magic) return 'foreign';
  const id = head.readUInt32BE(applicationIdAt);
  // Its first transaction may be in the log alone.
  if (id === 0) return undefined;
  if (id !== applicationId) return 'foreign';
  return head.readUInt32BE(versionAt) > schemaVersion ? 'newer' : undefined;
}

function readHead(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headerBytes);
    return head.subarray(0, readSync(fd, head, 0, headerBytes, 0));
  } finally {
    closeSync(fd);
  }
}
