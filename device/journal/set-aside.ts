/**
 * Journals that could not be used any more lie beside the new one, whole, until somebody has imported them. A disk that fails makes one at
 * each start, so there is an end to it: of many the oldest give way, which is told.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncOwnDirectory } from '../kit/own-file.ts';
import type { SeqWitness } from './seq-witness.ts';

/** A journal that is none any more, and where its files are now. */
export interface SetAside {
  readonly file: string;
  readonly why: string;
  /** The last of its rows, as far as its witness knew. */
  readonly lastSeq: number;
  /** Those of before that had to give way, whether somebody had imported them or not. */
  readonly removed: readonly string[];
}

/** Each is 256 MiB at most, unless the settings say otherwise. */
const mostSetAside = 4;
const logs = ['-wal', '-shm'];

/** The log first: beside a new journal it would be taken for the new one's. @throws the system's error */
export function setAside(path: string, why: string, known: SeqWitness['known']): SetAside {
  const { epoch = 1, lastSeq = 0 } = known ?? {};
  const file = freeName(`${path}.damaged-${epoch}`);
  for (const end of [...logs, ''])
    if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${file}${end}`);
  const removed = removeOldest(path);
  syncOwnDirectory(dirname(path));
  return { file, why, lastSeq, removed };
}

/** @returns the highest epoch that a name tells of; 0 where none does. */
export function newestSetAside(path: string): number {
  return Math.max(0, ...listed(path).map(({ epoch }) => epoch));
}

function freeName(name: string, n = 2): string {
  const tried = n === 2 ? name : `${name}-${n - 1}`;
  return existsSync(tried) ? freeName(name, n + 1) : tried;
}

function removeOldest(path: string): readonly string[] {
  const oldest = listed(path)
    .sort((a, b) => a.epoch - b.epoch || a.nth - b.nth)
    .slice(0, -mostSetAside)
    .map(({ file }) => file);
  for (const file of oldest) for (const end of [...logs, '']) rmSync(`${file}${end}`, { force: true });
  return oldest;
}

function listed(path: string) {
  const start = `${basename(path)}.damaged-`;
  return readdirSync(dirname(path)).flatMap(name => {
    const [, epoch, nth = 1] = name.startsWith(start)
      ? (/^(\d{1,5})(?:-(\d+))?$/.exec(name.slice(start.length)) ?? [])
      : [];
    return epoch === undefined
      ? []
      : [{ file: join(dirname(path), name), epoch: Number(epoch), nth: Number(nth) }];
  });
}
