/**
 * Copies all rows of a journal into one file that can be taken away, as they lie there: sealed. It is a journal without the small tables,
 * and not in WAL mode, so that it can be read from a stick that cannot be written.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { syncOwnDirectory } from '../kit/own-file.ts';
import { applicationId, newestReadable, ownerTable, schemaVersion } from './database.ts';
import { rowTable } from './sealed-rows.ts';

export interface Exported {
  readonly device: string;
  readonly epoch: number;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
  /** The names of the back office's keys that open them, 16 hex digits each; `plain` for rows that anybody can read. */
  readonly keys: readonly string[];
}

/** The firmware may run meanwhile, or not. @throws DeviceError config, naming the file */
export function exportJournal(path: string, out: string): Exported {
  if (existsSync(out)) throw new DeviceError('config', 'journal', `${out} is there already`);
  const building = join(dirname(out), `.${basename(out)}.new`);
  try {
    rmSync(building, { force: true });
    const exported = copy(path, building);
    renameSync(building, out);
    syncOwnDirectory(dirname(out));
    return exported;
  } catch (error) {
    rmSync(building, { force: true });
    throw new DeviceError('config', 'journal', `${path} to ${out}: ${messageOf(error)}`, error);
  }
}

function copy(path: string, building: string): Exported {
  const from = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
  try {
    refuseOther(from);
    const to = new Database(building);
    try {
      return from.transaction(() => to.transaction(() => copyRows(from, to))())();
    } finally {
      to.close();
    }
  } finally {
    from.close();
  }
}

function refuseOther(db: Database.Database): void {
  if (db.pragma('application_id', { simple: true }) !== applicationId) throw new Error('no journal');
  const version = db.pragma('user_version', { simple: true });
  if (version !== schemaVersion && version !== newestReadable)
    throw new Error(`schema ${version}: a start of this firmware makes it ${schemaVersion}`);
}

function copyRows(from: Database.Database, to: Database.Database): Exported {
  to.exec(`${ownerTable} ${rowTable}`);
  to.pragma(`application_id = ${applicationId}`);
  to.pragma(`user_version = ${schemaVersion}`);
  const owner = from.prepare<[], [string, number]>('SELECT device, epoch FROM owner').raw().get();
  const [device = '', epoch = 0] = owner ?? [];
  to.prepare('INSERT INTO owner VALUES (1, ?, 0, ?)').run(device, epoch);
  const add = to.prepare('INSERT INTO row (seq, day, is_tap, key_id, body) VALUES (?, ?, ?, ?, ?)');
  const rows = from.prepare<[], unknown[]>('SELECT seq, day, is_tap, key_id, body FROM row ORDER BY seq');
  for (const row of rows.raw().iterate()) add.run(...row);
  const sums = to.prepare<[], Omit<Exported, 'device' | 'epoch' | 'keys'>>(
    'SELECT count(*) AS rows, min(seq) AS first, max(seq) AS last FROM row',
  );
  const keys = to
    .prepare<[], string>(
      "SELECT DISTINCT iif(key_id IS NULL, 'plain', lower(hex(key_id))) FROM row ORDER BY 1",
    )
    .pluck();
  return { device, epoch, ...{ rows: 0, first: null, last: null, ...sums.get() }, keys: keys.all() };
}
