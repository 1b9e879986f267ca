/**
 * The diagnostics archive: what somebody far away needs to find out what is wrong, in one .tar.gz, and nothing of any passenger: neither
 * rows of the journal nor tokens, no picture, no last digits. What is secret in the settings is hidden as on the console.
 */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath, writeSynced } from '../kit/whole-file.ts';
import type { Outbox } from './outbox.ts';

/** One file of the archive. */
export interface Entry {
  /** Letters, digits, `-` and one `.`. */
  readonly name: string;
  readonly text: string;
}

export interface Archived {
  readonly name: string;
  readonly bytes: number;
  readonly entries: readonly string[];
}

/** Of one entry: what is longer is cut, and says so. */
const mostChars = 2 * 1024 * 1024;

/** @throws the system's error; then nothing is left of it */
export async function archive(entries: readonly Entry[], outbox: Outbox): Promise<Archived> {
  const { name, path } = await outbox.next('diagnostics', 'tar.gz');
  const building = await mkdtemp(join(outbox.directory, '.diagnostics-'));
  try {
    for (const entry of entries) await writeSynced(join(building, entry.name), cut(entry.text));
    // Loaded only where it is needed (decision 020).
    const { create } = await import('tar');
    const names = entries.map(entry => entry.name);
    const made = join(building, '.tar.gz');
    await create({ gzip: true, portable: true, cwd: building, file: made, strict: true }, names);
    await syncPath(made);
    await rename(made, path);
    await syncPath(outbox.directory);
    const bytes = (await outbox.list()).find(file => file.name === name)?.bytes ?? 0;
    return { name, bytes, entries: names };
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

function cut(text: string): string {
  return text.length <= mostChars
    ? text
    : `${text.slice(0, mostChars)}\n… cut: it had ${text.length} characters\n`;
}
