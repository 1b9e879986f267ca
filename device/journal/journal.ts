/**
 * The journal: every tap, durable before its notice is shown, in SQLite.
 *
 * WAL with synchronous=FULL: a commit returns after the row is fsynced. AUTOINCREMENT numbers rows without gaps (a
 * failed insert takes no number). A witness beside it knows the last number: if the journal has lost rows, that is told, and
 * their numbers are not given again. Rows hold the medium's token, never its account.
 */
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { prepareOwnDatabase } from '../kit/own-file.ts';
import type { JournalColumns } from '../ports.ts';
import { lockTimeoutMs, openDatabase } from './database.ts';
import type { JournalEntry, PurchaseConclusion } from './journal-row.ts';
import { type KeptPurchase, type OpenPurchase, openPurchaseRows } from './purchases.ts';
import { openSeqWitness } from './seq-witness.ts';

/** A ride taken, as the seen-again memory needs it after a restart. */
export interface PastRide {
  readonly token: Uint8Array;
  readonly codeDigest: Uint8Array | undefined;
  readonly at: number;
}

/** Where and when a ride code has begun or ended a ride. */
export interface CodeRide {
  readonly token: Uint8Array;
  readonly step: 'on' | 'off';
  /** Unix milliseconds */
  readonly at: number;
  readonly stop: string | null;
}

export interface JournalRow {
  readonly seq: number;
  readonly at: number;
  readonly reader: string;
  readonly kind: string | null;
  readonly verdict: string;
  readonly reason: string | null;
  readonly fareTaken: number;
  readonly fareFen: number;
  readonly checkedRow: number | null;
  readonly checkedBy: string | null;
  /** Whether it has got on or off; `single` where the ride was paid at boarding; null where none was taken. */
  readonly step: string | null;
  /** How its purchase has ended; `begun` where nobody knows yet; null where there was none. */
  readonly purchase: string | null;
}

export interface JournalCount {
  /** Taps; the ends of purchases are not counted. */
  readonly rows: number;
  /** Purchases of which nobody knows yet how they ended. */
  readonly openPurchases: number;
  readonly lastSeq: number;
  /** Rows that were lost, since the first. */
  readonly lost: number;
}

export interface Journal {
  readonly device: string;
  /** Names this journal among those that the device has begun. */
  readonly epoch: number;
  /** @returns the row's number. @throws DeviceError storage: nothing was written, no number used */
  append(entry: JournalEntry): number;
  /** Says how a purchase ended. @returns the row's number. @throws DeviceError storage: it is still open */
  conclude(conclusion: PurchaseConclusion): number;
  /** Purchases of this medium that are not settled, oldest first. @throws DeviceError storage */
  openPurchases(token: Uint8Array): OpenPurchase[];
  /** Of all media, oldest first. @throws DeviceError storage */
  allOpenPurchases(): KeptPurchase[];
  /** Of ride codes, since then, oldest first. @param since Unix milliseconds */
  codeRidesSince(since: number): CodeRide[];
  /** Rides taken since then, oldest first. @param since Unix milliseconds */
  ridesSince(since: number): PastRide[];
  /** As the columns have them, in the order of seq. */
  rowsAfter(seq: number, limit: number): JournalColumns[];
  /** The last number that was given. */
  readonly lastSeq: number;
  /** Newest first. */
  newest(limit: number): JournalRow[];
  count(): JournalCount;
  /** The numbers of rows that were there when the journal was last open, and are no more. */
  readonly lost: { readonly first: number; readonly last: number } | undefined;
  /** Nothing could tell whether rows were lost: the journal had rows, and its witness was missing or damaged. */
  readonly unwitnessed: boolean;
  /**
   * Writes something that is no row, and gives room back. Rejects with DeviceError storage when a row could not be written: the
   * disk is full, read-only or gone, or somebody has locked the journal. Neither this nor `close` is to be called before it settles.
   */
  check(): Promise<void>;
  /** Writes and fsyncs something that is no tap. @throws DeviceError storage while the disk does not take it */
  probe(now: number): void;
  close(): void;
}

/**
 * After a loss so many numbers are left out: if the power was cut too, the last rows may not have been noted, and their
 * numbers were shown. More than are ever written while one note goes to the disk.
 */
const maxUnnoted = 16;
/** Where nobody reads, SQLite begins the log anew after 1,000 pages of 4,120 bytes. */
const maxLogBytes = 1100 * 4120;

/** @throws DeviceError storage, also for a damaged file or another device's: it is never replaced silently */
export function openJournal(path: string, device: string): Journal {
  const { db, witness, lastSeq, ...opened } = storage('open', () => openWitnessed(path, device));
  const { lost } = opened;
  const checkFiles = watchFiles(path);
  const lostBefore = witness.known?.lost ?? 0;
  const lostInAll = lostBefore + (lost === undefined ? 0 : lost.last - lost.first + 1);
  let { newestSeq } = opened;
  const noteNewest = () => witness.note({ lastSeq: newestSeq, lost: lostInAll });
  const purchases = openPurchaseRows(db);
  const rides = db.prepare<[number], { token: Uint8Array; codeDigest: Uint8Array | null; at: number }>(
    `SELECT token, code_digest AS codeDigest, at FROM tap
     WHERE at >= ? AND token IS NOT NULL AND
       (event = 'tap' AND fare_taken = 1 AND purchase IS NULL OR event = 'purchase' AND purchase = 'paid')
     ORDER BY seq`,
  );
  const codeRides = db.prepare<[number], CodeRide>(
    `SELECT token, step, at, stop FROM tap
     WHERE at >= ? AND kind = 'ride-code' AND step IN ('on', 'off') ORDER BY seq`,
  );
  const rowsAfter = db.prepare<[number, number], JournalColumns>(
    'SELECT * FROM tap WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const newest = db.prepare<[number], JournalRow>(
    `SELECT seq, at, reader, kind, verdict, reason, fare_taken AS fareTaken, fare_fen AS fareFen,
       checked_row AS checkedRow, checked_by AS checkedBy, step,
       coalesce((SELECT ended.purchase FROM tap AS ended WHERE ended.of_row = tap.seq), purchase) AS purchase
     FROM tap WHERE event = 'tap' ORDER BY seq DESC LIMIT ?`,
  );
  const count = db.prepare<[], Omit<JournalCount, 'lost'>>(
    `SELECT ${lostInAll > 0 ? 'count(*)' : 'coalesce(max(seq) - min(seq) + 1, 0)'}
         - (SELECT count(*) FROM tap WHERE of_row IS NOT NULL) AS rows,
       (SELECT count(*) FROM open_purchase) AS openPurchases,
       coalesce(max(seq), 0) AS lastSeq FROM tap`,
  );
  const probe = db.prepare<[number]>('UPDATE owner SET probed_at = ?');

  /** The row is on the disk: what hinders the note hinders no ride, and `check` finds it. */
  function noteIfPossible(): void {
    try {
      noteNewest();
    } catch {}
  }

  noteIfPossible();
  return {
    device,
    epoch: 1,
    lost,
    unwitnessed: witness.known === undefined && lastSeq > 0,
    append: entry =>
      storage('append', () => {
        checkFiles();
        newestSeq = purchases.append(entry);
        noteIfPossible();
        return newestSeq;
      }),
    conclude: conclusion =>
      storage('append', () => {
        checkFiles();
        newestSeq = purchases.conclude(conclusion);
        noteIfPossible();
        return newestSeq;
      }),
    openPurchases: token => storage('read', () => purchases.openOf(token)),
    allOpenPurchases: () => storage('read', purchases.open),
    codeRidesSince: since => storage('read', () => codeRides.all(since)),
    ridesSince: since =>
      storage('read', () => rides.all(since).map(r => ({ ...r, codeDigest: r.codeDigest ?? undefined }))),
    rowsAfter: (seq, limit) => storage('read', () => rowsAfter.all(seq, limit)),
    get lastSeq() {
      return newestSeq;
    },
    newest: limit => storage('read', () => newest.all(limit)),
    count: () =>
      storage('read', () => ({ rows: 0, openPurchases: 0, lastSeq: 0, ...count.get(), lost: lostInAll })),
    async check() {
      try {
        checkFiles();
        // A file system made read-only by hand takes writes to open files for a while, and loses them.
        accessSync(path, constants.W_OK);
        if (statfsSync(path).bavail === 0) throw new Error('the disk is full');
        await witness.check();
        db.exec('BEGIN IMMEDIATE; ROLLBACK');
        shrinkLog(db, path);
      } catch (error) {
        throw storageError('check', error);
      }
    },
    probe: now =>
      storage('probe', () => {
        checkFiles();
        probe.run(now);
        noteNewest();
      }),
    close() {
      db.close();
      witness.close();
    },
  };
}

function openWitnessed(path: string, device: string) {
  const witnessPath = `${path}-seq`;
  prepareOwnDatabase(path);
  const db = openDatabase(path, device);
  try {
    const witness = openSeqWitness(witnessPath, device);
    const lastSeq = lastSeqOf(db);
    const witnessed = witness.known?.lastSeq ?? 0;
    if (witnessed <= lastSeq) return { db, witness, lastSeq, newestSeq: lastSeq, lost: undefined };
    const newestSeq = witnessed + maxUnnoted;
    continueAfter(db, newestSeq);
    return { db, witness, lastSeq, newestSeq, lost: { first: lastSeq + 1, last: witnessed } };
  } catch (error) {
    db.close();
    throw error;
  }
}

function lastSeqOf(db: Database.Database): number {
  const given = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'tap'").pluck().get();
  const there = db.prepare('SELECT max(seq) FROM tap').pluck().get();
  return Math.max(Number(given ?? 0), Number(there ?? 0));
}

/** AUTOINCREMENT gives the next number. */
function continueAfter(db: Database.Database, seq: number): void {
  db.transaction(() => {
    db.prepare("DELETE FROM sqlite_sequence WHERE name = 'tap'").run();
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('tap', ?)").run(seq);
  })();
}

/** A database whose file was removed while it is open still takes rows, but nobody will ever read them. */
function watchFiles(path: string): () => void {
  const files = [path, `${path}-wal`];
  const identities = () =>
    files.map(file => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found && `${found.dev}:${found.ino}`;
    });
  const opened = identities();
  return () => {
    if (identities().some((identity, i) => identity !== opened[i])) {
      throw new Error('the file was removed or replaced');
    }
  };
}

/**
 * While somebody reads, the log beside the journal grows, and SQLite never makes it smaller by itself. A reader that is
 * still there is not waited for: a tap comes first.
 */
function shrinkLog(db: Database.Database, path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) <= maxLogBytes) return;
  db.pragma('busy_timeout = 0');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.pragma(`busy_timeout = ${lockTimeoutMs}`);
}

function storage<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storageError(action, error);
  }
}

function storageError(action: string, error: unknown): DeviceError {
  return new DeviceError('storage', 'journal', `journal ${action}: ${messageOf(error)}`, error);
}
