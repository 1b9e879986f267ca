/** How many rows of a journal only the validator has: whoever takes it away, or deletes its files, should know. */
import Database from 'better-sqlite3';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { applicationId, newestReadable, schemaVersion } from './database.ts';

/** How far a device's rows have come. */
export interface Acknowledged {
  /** Of the journal that the rest is about. */
  readonly epoch: number;
  /** Every row up to it is with the back office. */
  readonly acknowledged: number;
}

export interface Unacknowledged {
  readonly journal: string;
  readonly rows: number;
  readonly unacknowledged: number;
}

/**
 * The firmware may run meanwhile, or not.
 * @param acknowledgedOf what is noted of a device beside the journal
 * @throws DeviceError config, naming the file
 */
export function countUnacknowledged(
  path: string,
  acknowledgedOf: (device: string) => Acknowledged,
): Unacknowledged {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
    try {
      return { journal: path, ...countIn(db, acknowledgedOf) };
    } finally {
      db.close();
    }
  } catch (error) {
    throw new DeviceError('config', 'journal', `${path}: ${messageOf(error)}`, error);
  }
}

function countIn(db: Database.Database, acknowledgedOf: (device: string) => Acknowledged) {
  if (db.pragma('application_id', { simple: true }) !== applicationId) throw new Error('no journal');
  const version = db.pragma('user_version', { simple: true });
  if (version !== schemaVersion && version !== newestReadable)
    throw new Error(`schema ${version}, and this firmware knows ${schemaVersion}`);
  const [device, epoch] =
    db.prepare<[], [string, number]>('SELECT device, epoch FROM owner').raw().get() ?? [];
  if (device === undefined) throw new Error('nobody’s journal');
  const noted = acknowledgedOf(device);
  const upTo = noted.epoch === epoch ? noted.acknowledged : 0;
  const counts = db.prepare<[number], { rows: number; unacknowledged: number }>(
    'SELECT count(*) AS rows, count(*) FILTER (WHERE seq > ?) AS unacknowledged FROM row',
  );
  return counts.get(upTo) ?? { rows: 0, unacknowledged: 0 };
}
