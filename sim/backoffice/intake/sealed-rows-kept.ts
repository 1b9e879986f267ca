/**
 * Rows that nobody can open, kept as they came: for each journal a file, which is a journal itself, so that `import-journal` takes it where
 * the key is found after all.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { applicationId, ownerTable, schemaVersion } from '../../../device/journal/database.ts';
import { rowTable } from '../../../device/journal/sealed-rows.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { prepareOwnDatabase } from '../../../device/kit/own-file.ts';
import type { JournalName } from './tap-store.ts';

export interface SealedRows extends JournalName {
  /** 16 hex digits */
  readonly keyId: string;
  readonly rows: readonly { readonly seq: number; readonly sealed: Uint8Array }[];
}

/** A journal's rows for one key. */
export interface SealedRowsKept extends JournalName {
  readonly key: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly count: number;
  readonly file: string;
}

/** As much as a journal takes on its bus: nobody fills the disk with what cannot be looked at. */
const mostBytes = 256 * 2 ** 20;

/**
 * It is on the disk when it returns. Rows that are there already stay as they are.
 * @param folder made if it is missing. @returns the file. @throws DeviceError storage where the file is full, the database's errors
 */
export function keepSealed(folder: string, { device, epoch, keyId, rows }: SealedRows): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${device}-${epoch}.sqlite`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > mostBytes)
    throw new DeviceError('storage', 'uplink', `${file} is full`);
  prepareOwnDatabase(file);
  const db = new Database(file);
  try {
    db.pragma('synchronous = FULL');
    const insert =
      'INSERT INTO row (seq, day, is_tap, key_id, body) VALUES (?, 0, 0, ?, ?) ON CONFLICT DO NOTHING';
    db.transaction(() => {
      if (Number(db.pragma('user_version', { simple: true })) === 0) begin(db, device, epoch);
      const add = db.prepare(insert);
      for (const { seq, sealed } of rows) add.run(seq, Buffer.from(keyId, 'hex'), sealed);
    }).immediate();
  } finally {
    db.close();
  }
  return file;
}

function begin(db: Database.Database, device: string, epoch: number): void {
  db.exec(`${ownerTable} ${rowTable}`);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${schemaVersion}`);
  db.prepare('INSERT INTO owner VALUES (1, ?, 0, ?)').run(device, epoch);
}

/** In the order of their names. @throws the database's errors */
export function* keptSealed(folder: string): Iterable<SealedRowsKept> {
  if (!existsSync(folder)) return;
  const names = readdirSync(folder).filter(name => name.endsWith('.sqlite'));
  for (const name of names.sort()) {
    const file = join(folder, name);
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const kept = db.prepare<[], Omit<SealedRowsKept, 'file'>>(
        `SELECT device, epoch, lower(hex(key_id)) AS key, min(seq) AS firstSeq, max(seq) AS lastSeq, count(*) AS count
         FROM row, owner GROUP BY key_id ORDER BY firstSeq`,
      );
      for (const one of kept.all()) yield { ...one, file };
    } finally {
      db.close();
    }
  }
}
