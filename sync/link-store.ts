/**
 * The link cache as the tap path reads it: token → slot → status, in a SQLite file that others replace.
 *
 * The file is opened read-only and looked after once a second: a new file is taken up, a missing, damaged, locked or
 * foreign one makes every look-up `unavailable`, never "not found".
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type LinkLookup, statuses } from '../device/core/check.ts';
import type { MediumKind } from '../device/core/medium.ts';
import { messageOf } from '../device/errors.ts';
import type { LinkStore, LinkStoreState } from '../device/ports.ts';
import { type FleetKey, tokenOf } from './fleet-keys.ts';
import { applicationId, schemaVersion, slotsPerPage, tokenKey } from './link-schema.ts';

const lookAfterMs = 1000;
/** A tap does not wait longer than this for a lock. */
const lockTimeoutMs = 20;

interface OpenFile {
  readonly identity: string;
  readonly key: FleetKey;
  readonly state: LinkStoreState & { readonly usable: true };
  find(token: Uint8Array): LinkLookup;
  close(): void;
}

/** @param onChange called with the state at the start and whenever it changes */
export function openLinkStore(
  path: string,
  keys: readonly [FleetKey, ...FleetKey[]],
  onChange: (state: LinkStoreState) => void,
): LinkStore {
  let file: OpenFile | undefined;
  let state: LinkStoreState = { usable: false, why: 'not yet opened' };
  /** A file found damaged while reading: not opened again until it is another one. */
  let condemned: string | undefined;

  function lookAfter(): void {
    try {
      const identity = identityOf(path);
      if (file?.identity === identity || condemned === identity) return;
      const opened = openFile(path, identity, keys);
      file?.close();
      file = opened;
      change(opened.state);
    } catch (error) {
      lose(messageOf(error));
    }
  }

  function lose(why: string): void {
    file?.close();
    file = undefined;
    change({ usable: false, why });
  }

  function change(next: LinkStoreState): void {
    const same = JSON.stringify(next) === JSON.stringify(state);
    state = next;
    if (!same) onChange(next);
  }

  lookAfter();
  const timer = setInterval(lookAfter, lookAfterMs);
  return {
    tokenOf: (kind: MediumKind, account: string) => tokenOf(file?.key ?? keys[0], kind, account),
    find(token) {
      try {
        return file?.find(token) ?? { unavailable: state.usable ? 'no file' : state.why };
      } catch (error) {
        if (!isLock(error)) condemned = file?.identity;
        lose(messageOf(error));
        return { unavailable: messageOf(error) };
      }
    },
    describe: () => state,
    close() {
      clearInterval(timer);
      file?.close();
      file = undefined;
    },
  };
}

function isLock(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function openFile(path: string, identity: string, keys: readonly FleetKey[]): OpenFile {
  checkWhole(path);
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: lockTimeoutMs });
  try {
    const state = readState(db);
    const key = keys.find(({ id }) => id === state.keyId);
    if (key === undefined) throw new Error(`made under fleet key ${state.keyId}, which is not held here`);
    return { identity, key, state, find: createFind(db, state), close: () => void db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

function createFind(db: Database.Database, { linksAsOf, statusAsOf, slots }: OpenFile['state']) {
  const slotOf = db.prepare<[bigint], number>('SELECT slot FROM link WHERE token = ?').pluck();
  const statusByte = db
    .prepare<[number, number], Buffer>('SELECT substr(nibbles, ?, 1) FROM status WHERE page = ?')
    .pluck();
  return (token: Uint8Array): LinkLookup => {
    const slot = slotOf.get(tokenKey(token));
    if (slot === undefined) return { found: false, linksAsOf };
    const within = slot % slotsPerPage;
    const byte = statusByte.get((within >> 1) + 1, Math.floor(slot / slotsPerPage))?.[0];
    const value = byte === undefined || slot >= slots ? 0 : (byte >> ((within & 1) * 4)) & 0x0f;
    return { found: true, status: statuses[value] ?? 'unknown', linksAsOf, statusAsOf };
  };
}

function readState(db: Database.Database): OpenFile['state'] {
  if (db.pragma('application_id', { simple: true }) !== applicationId) throw new Error('not a link cache');
  const version = db.pragma('user_version', { simple: true });
  if (version !== schemaVersion) throw new Error(`schema ${version}, this firmware knows ${schemaVersion}`);
  const feed = db
    .prepare<[], Omit<OpenFile['state'], 'usable'>>(
      `SELECT links, slots, key_id AS keyId, links_as_of AS linksAsOf, status_as_of AS statusAsOf FROM feed`,
    )
    .get();
  if (feed === undefined) throw new Error('the feed row is missing');
  return { usable: true, ...feed };
}

/** SQLite notices a file cut short only when it reaches the missing page; its header knows at once. */
function checkWhole(path: string): void {
  const header = Buffer.alloc(100);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, header, 0, header.length, 0);
  } finally {
    closeSync(fd);
  }
  if (header.toString('latin1', 0, 15) !== 'SQLite format 3') throw new Error('not a database');
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const announced = pageBytes * header.readUInt32BE(28);
  const { size } = statSync(path);
  if (size < announced) throw new Error(`cut short: ${size} of ${announced} bytes`);
}

function identityOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return `${ino}:${size}:${mtimeMs}`;
}
