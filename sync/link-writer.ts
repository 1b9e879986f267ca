/** Writes a whole link cache: into a new file, in key order, fsynced, then renamed over the old one. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Status, statuses } from '../device/core/check.ts';
import {
  applicationId,
  schema,
  schemaVersion,
  slotsPerPage,
  statusPageBytes,
  tokenKey,
} from './link-schema.ts';

export interface LinkFile {
  readonly keyId: string;
  /** Unix milliseconds */
  readonly linksAsOf: number;
  /** Unix milliseconds */
  readonly statusAsOf: number;
  /** Token (8 bytes) and slot; no token twice. */
  readonly links: readonly { readonly token: Uint8Array; readonly slot: number }[];
  /** By slot. */
  readonly statuses: readonly Status[];
}

/** @throws Error when the file cannot be written; an older file at `path` is then still whole */
export function writeLinkFile(path: string, file: LinkFile): void {
  const building = `${path}.new`;
  rmSync(building, { force: true });
  const db = new Database(building);
  try {
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.exec(schema);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${schemaVersion}`);
    db.transaction(() => fill(db, file))();
  } finally {
    db.close();
  }
  syncPath(building);
  renameSync(building, path);
  syncPath(dirname(path));
}

function fill(db: Database.Database, { keyId, linksAsOf, statusAsOf, links, statuses }: LinkFile): void {
  const rows = links.map(({ token, slot }) => ({ key: tokenKey(token), slot }));
  rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  const addLink = db.prepare('INSERT INTO link VALUES (?, ?)');
  for (const { key, slot } of rows) addLink.run(key, slot);

  const addPage = db.prepare('INSERT INTO status VALUES (?, ?)');
  for (let first = 0; first < statuses.length; first += slotsPerPage) {
    addPage.run(first / slotsPerPage, packStatuses(statuses.slice(first, first + slotsPerPage)));
  }
  db.prepare('INSERT INTO feed VALUES (1, ?, ?, ?, ?, ?)').run(
    keyId,
    links.length,
    statuses.length,
    linksAsOf,
    statusAsOf,
  );
}

function packStatuses(values: readonly Status[]): Buffer {
  const nibbles = Buffer.alloc(statusPageBytes);
  values.forEach((status, i) => {
    nibbles[i >> 1] = (nibbles[i >> 1] ?? 0) | (statuses.indexOf(status) << ((i & 1) * 4));
  });
  return nibbles;
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
