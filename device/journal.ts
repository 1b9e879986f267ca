/**
 * The journal: every tap, durable before its notice is shown, in SQLite.
 *
 * WAL with synchronous=FULL: a commit returns after the row is fsynced. AUTOINCREMENT numbers rows without gaps (a
 * failed insert takes no number) and never gives a number twice. Rows hold the medium's token, never its account.
 */
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Decision } from './core/check.ts';
import type { MediumKind } from './core/medium.ts';
import { DeviceError, messageOf } from './errors.ts';

export interface JournalEntry {
  /** Unix milliseconds */
  readonly at: number;
  readonly reader: string;
  readonly line: string;
  /** Undefined when nothing of ours was read. */
  readonly kind: MediumKind | undefined;
  readonly token: Uint8Array | undefined;
  readonly codeDigest: Uint8Array | undefined;
  readonly decision: Decision;
}

/** A ride taken, as the seen-again memory needs it after a restart. */
export interface PastRide {
  readonly token: Uint8Array;
  readonly codeDigest: Uint8Array | undefined;
  readonly at: number;
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
}

export interface Journal {
  readonly device: string;
  /** @returns the row's number. @throws DeviceError storage: nothing was written, no number used */
  append(entry: JournalEntry): number;
  /** Rides taken since then, oldest first. @param since Unix milliseconds */
  ridesSince(since: number): PastRide[];
  /** Newest first. */
  newest(limit: number): JournalRow[];
  count(): { readonly rows: number; readonly lastSeq: number };
  /** Writes nothing. @throws DeviceError storage when a write is likely to fail: a disk that is full, read-only or gone */
  look(): void;
  /** Writes and fsyncs something that is no tap. @throws DeviceError storage while the disk does not take it */
  probe(now: number): void;
  close(): void;
}

const applicationId = 0x46564a4c;
const schemaVersion = 1;
const schema = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, probed_at INTEGER NOT NULL) STRICT;
  CREATE TABLE tap (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reader TEXT NOT NULL,
    line TEXT NOT NULL,
    kind TEXT,
    token BLOB,
    code_digest BLOB,
    verdict TEXT NOT NULL,
    reason TEXT,
    phase TEXT NOT NULL,
    fare_taken INTEGER NOT NULL,
    fare_fen INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tap_at ON tap (at);
`;

/** @throws DeviceError storage, also for a damaged file or another device's: it is never replaced silently */
export function openJournal(path: string, device: string): Journal {
  const db = storage('open', () => openDatabase(path, device));
  const checkFiles = watchFiles(path);
  const insert = db.prepare(
    `INSERT INTO tap (at, reader, line, kind, token, code_digest, verdict, reason, phase, fare_taken, fare_fen)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const rides = db.prepare<[number], { token: Uint8Array; codeDigest: Uint8Array | null; at: number }>(
    `SELECT token, code_digest AS codeDigest, at FROM tap
     WHERE at >= ? AND fare_taken = 1 AND token IS NOT NULL ORDER BY seq`,
  );
  const newest = db.prepare<[number], JournalRow>(
    `SELECT seq, at, reader, kind, verdict, reason, fare_taken AS fareTaken, fare_fen AS fareFen
     FROM tap ORDER BY seq DESC LIMIT ?`,
  );
  const count = db.prepare<[], { rows: number; lastSeq: number }>(
    'SELECT coalesce(max(seq) - min(seq) + 1, 0) AS rows, coalesce(max(seq), 0) AS lastSeq FROM tap',
  );
  const probe = db.prepare<[number]>('UPDATE owner SET probed_at = ?');

  return {
    device,
    append: entry =>
      storage('append', () => {
        checkFiles();
        return Number(insert.run(...columns(entry)).lastInsertRowid);
      }),
    ridesSince: since =>
      storage('read', () => rides.all(since).map(r => ({ ...r, codeDigest: r.codeDigest ?? undefined }))),
    newest: limit => storage('read', () => newest.all(limit)),
    count: () => storage('read', () => count.get() ?? { rows: 0, lastSeq: 0 }),
    look: () =>
      storage('look', () => {
        checkFiles();
        accessSync(path, constants.W_OK);
        if (statfsSync(path).bavail === 0) throw new Error('the disk is full');
      }),
    probe: now =>
      storage('probe', () => {
        checkFiles();
        probe.run(now);
      }),
    close: () => void db.close(),
  };
}

function columns({ at, reader, line, kind, token, codeDigest, decision }: JournalEntry) {
  const { verdict, phase, fareTaken, fareFen } = decision;
  const reason = 'reason' in verdict ? verdict.reason : 'status' in verdict ? verdict.status : null;
  const medium = [kind ?? null, token ?? null, codeDigest ?? null];
  return [at, reader, line, ...medium, verdict.verdict, reason, phase, fareTaken ? 1 : 0, fareFen] as const;
}

function openDatabase(path: string, device: string): Database.Database {
  const db = new Database(path, { timeout: 200 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // An own file's first row and tables are one transaction: a cut between them leaves an empty file.
    if (db.pragma('user_version', { simple: true }) === 0) {
      db.transaction(() => {
        db.exec(schema);
        db.prepare('INSERT INTO owner VALUES (1, ?, 0)').run(device);
        db.pragma(`application_id = ${applicationId}`);
        db.pragma(`user_version = ${schemaVersion}`);
      })();
    }
    checkOwner(db, device);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkOwner(db: Database.Database, device: string): void {
  const version = db.pragma('user_version', { simple: true });
  const id = db.pragma('application_id', { simple: true });
  if (id !== applicationId) throw new Error('the file is not a journal');
  if (version !== schemaVersion) throw new Error(`schema ${version}, this firmware knows ${schemaVersion}`);
  const owner = db.prepare<[], { device: string }>('SELECT device FROM owner').get();
  if (owner?.device !== device) throw new Error(`the journal belongs to device ${owner?.device}`);
  const damage = db.pragma('quick_check(1)', { simple: true });
  if (damage !== 'ok') throw new Error(`the file is damaged: ${String(damage)}`);
}

/** A file removed under an open database still takes rows, which nobody will ever read. */
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

function storage<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new DeviceError('storage', 'journal', `journal ${action}: ${messageOf(error)}`, error);
  }
}
