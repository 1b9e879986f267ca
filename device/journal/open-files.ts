/**
 * Opens the journal's files: the journal, its witness, and the key of its small tables. A journal that is damaged is set aside whole and a
 * new one is begun under another epoch, so that no row's name (device, epoch, seq) is ever given twice.
 */
import type Database from 'better-sqlite3';
import { prepareOwnDatabase } from '../kit/own-file.ts';
import { DamagedJournal, type Opening, openDatabase } from './database.ts';
import { openSeqWitness, type SeqWitness } from './seq-witness.ts';
import { newestSetAside, type SetAside, setAside } from './set-aside.ts';

export interface OpenFiles {
  readonly db: Database.Database;
  readonly witness: SeqWitness;
  readonly epoch: number;
  /** The last number that is in the journal, and the last that may have been given. */
  readonly lastSeq: number;
  readonly newestSeq: number;
  readonly lost: { readonly first: number; readonly last: number } | undefined;
  readonly damaged: SetAside | undefined;
}

/**
 * After a loss so many numbers are left out: if the power was cut too, the last rows may not have been noted, and their
 * numbers were shown. More than are ever written while one note goes to the disk.
 */
const maxUnnoted = 16;
const dayMs = 86_400_000;
const firstEpochDay = Date.UTC(2020, 0, 1) / dayMs;

/** @throws Error of the system, of another device's journal, of a newer firmware's */
export function openFiles(path: string, opening: Omit<Opening, 'epoch'>): OpenFiles {
  prepareOwnDatabase(path);
  const isKeyNew = opening.digests.open(`${path}-key`);
  const witness = openSeqWitness(`${path}-seq`, opening.device);
  try {
    return { witness, ...openOrBegin(path, witness, { ...opening, isKeyNew }) };
  } catch (error) {
    witness.close();
    throw error;
  }
}

function openOrBegin(path: string, witness: SeqWitness, opening: Omit<Opening, 'epoch'>) {
  const begun = witness.known?.epoch ?? nextEpoch(path, 0, opening.remembered.now);
  try {
    return {
      ...continued(openChecked(path, witness, { ...opening, epoch: begun }), witness),
      damaged: undefined,
    };
  } catch (error) {
    if (!(error instanceof DamagedJournal)) throw error;
    const damaged = setAside(path, error.message, witness.known);
    const epoch = nextEpoch(path, witness.known?.epoch ?? 0, opening.remembered.now);
    prepareOwnDatabase(path);
    const db = openDatabase(path, { ...opening, epoch });
    const newestSeq = damaged.lastSeq === 0 ? 0 : damaged.lastSeq + maxUnnoted;
    return { db, epoch, lastSeq: 0, newestSeq, lost: undefined, damaged };
  }
}

/** @throws DamagedJournal also for one of before a journal that was set aside: its numbers go on nowhere */
function openChecked(path: string, { known }: SeqWitness, opening: Opening): Database.Database {
  const db = openDatabase(path, opening);
  if (epochOf(db) >= (known?.epoch ?? 0)) return db;
  db.close();
  throw new DamagedJournal('an older journal was put in its place');
}

function continued(db: Database.Database, { known }: SeqWitness) {
  const epoch = epochOf(db);
  const lastSeq = lastSeqOf(db);
  const witnessed = known?.epoch === epoch ? known.lastSeq : 0;
  if (witnessed <= lastSeq) return { db, epoch, lastSeq, newestSeq: lastSeq, lost: undefined };
  const lost = { first: lastSeq + 1, last: witnessed };
  return { db, epoch, lastSeq, newestSeq: witnessed + maxUnnoted, lost };
}

function epochOf(db: Database.Database): number {
  return db.prepare<[], number>('SELECT epoch FROM owner').pluck().get() ?? 1;
}

function lastSeqOf(db: Database.Database): number {
  const given = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'row'").pluck().get();
  const there = db.prepare('SELECT max(seq) FROM row').pluck().get();
  return Math.max(Number(given ?? 0), Number(there ?? 0));
}

/**
 * Higher than any that is known. By the day, so that it is another one also where every file was lost with its disk.
 * @param known 0 for none. @param now Unix milliseconds
 */
function nextEpoch(path: string, known: number, now: number): number {
  const today = Math.floor(now / dayMs) - firstEpochDay;
  return Math.max(known + 1, newestSetAside(path) + 1, today);
}
