/**
 * The bus group's customer register, as the upgrade service asks it: who owns which card and code. It has a purpose of its
 * own, and so an SQLite file of its own: a passenger who withdraws consent still owns the card.
 *
 * Of an owner it holds no name and no phone, only the keyed hash of both together: enough to tell whether a visitor's claim
 * is right. Accounts are sealed.
 */
import type Database from 'better-sqlite3';
import { type MediumRow, openMedium } from '../store/sealed-columns.ts';
import { openDatabase, type Schema } from '../store/sqlite-file.ts';
import type { Medium } from '../store/store.ts';
import type { Identity, Vault } from '../store/vault.ts';
import type { Accepts } from './media-table.ts';
import { stageMedia } from './staging.ts';

export interface OwnedMedia {
  readonly media: readonly Medium[];
  /** Under this name and phone there is also a medium that is not the bus group's. */
  readonly hasForeignMedia: boolean;
}

export interface ImportReport {
  readonly persons: number;
  readonly media: number;
  /** Media that somebody else owned before. */
  readonly moved: number;
}

export interface MediaOwners {
  /** Nothing where name and phone do not belong together. */
  mediaOf(who: Identity): Promise<OwnedMedia>;
  /**
   * Adds and updates, all or nothing. Media that the table does not name stay.
   * @param file CSV with the header `phone,name,medium,account`
   * @param release gets the media that change hands, before the register says so
   * @param accepts refuses rows; all are taken unless given
   * @param trustZeros long numbers that end in 0 are right, however many there are
   * @throws WrongUsage naming every bad line
   */
  importTable(
    file: string,
    now: number,
    release: (moved: readonly Medium[]) => Promise<unknown>,
    accepts?: Accepts,
    trustZeros?: boolean,
  ): Promise<ImportReport>;
  /** Every medium there is an owner of. */
  all(): Iterable<Medium>;
  close(): void;
}

const opening = `
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, has_foreign INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE owned (
    hash BLOB PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owner, kind INTEGER NOT NULL, account BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX owned_owner ON owned (owner);
  CREATE TABLE import (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, media INTEGER NOT NULL) STRICT;
`;

const schema: Schema = { name: 'register', applicationId: 0x42524547, steps: [opening] };

/** @throws DeviceError storage */
export function openMediaOwners(path: string, vault: Vault): MediaOwners {
  const db = openDatabase(path, schema);
  const owner = db.prepare<[Buffer], { id: number; hasForeign: number }>(
    'SELECT id, has_foreign AS hasForeign FROM owner WHERE key = ?',
  );
  const media = db.prepare<[number], MediumRow>(
    'SELECT kind, account FROM owned WHERE owner = ? ORDER BY kind, hash',
  );
  return {
    async mediaOf(who) {
      const key = vault.personHash(who);
      const found = owner.get(key);
      const rows = found === undefined ? [] : media.all(found.id);
      return {
        media: rows.map(row => openMedium(vault, key, row)),
        hasForeignMedia: found?.hasForeign === 1,
      };
    },
    async importTable(file, now, release, accepts, trustZeros) {
      await stageMedia(db, vault, file, accepts, trustZeros);
      const moved = movedMedia(db, vault);
      await release(moved);
      const { persons, media } = takeStaged(db, now);
      return { persons, media, moved: moved.length };
    },
    *all() {
      const rows = db.prepare<[], MediumRow & { key: Buffer }>(
        'SELECT owned.kind, owned.account, owner.key FROM owned JOIN owner ON owner.id = owned.owner',
      );
      for (const row of rows.iterate()) yield openMedium(vault, row.key, row);
    },
    close: () => void db.close(),
  };
}

/** Media that the staged table gives to another person, as their owners so far know them. */
function movedMedia(db: Database.Database, vault: Vault): Medium[] {
  const rows = db.prepare<[], MediumRow & { key: Buffer }>(
    `SELECT owned.kind, owned.account, owner.key FROM staged_media AS staged
     JOIN owned ON owned.hash = staged.hash JOIN owner ON owner.id = owned.owner WHERE owner.key <> staged.owner`,
  );
  return rows.all().map(row => openMedium(vault, row.key, row));
}

function takeStaged(db: Database.Database, now: number): { persons: number; media: number } {
  return db
    .transaction(() => {
      const persons = db
        .prepare(
          `INSERT INTO owner (key, has_foreign) SELECT key, has_foreign FROM staged_owner WHERE true
           ON CONFLICT (key) DO UPDATE SET has_foreign = max(has_foreign, excluded.has_foreign)`,
        )
        .run().changes;
      const media = db
        .prepare(
          `INSERT OR REPLACE INTO owned
           SELECT hash, owner.id, kind, account FROM staged_media JOIN owner ON owner.key = staged_media.owner`,
        )
        .run().changes;
      db.prepare('INSERT INTO import (at, media) VALUES (?, ?)').run(now, media);
      return { persons, media };
    })
    .immediate();
}
