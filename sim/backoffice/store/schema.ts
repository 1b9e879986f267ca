/** The tables of the upgrade service. Instants are Unix milliseconds; personal data is sealed, hashed or a pseudonym. */
import type Database from 'better-sqlite3';
import type { Schema } from './sqlite-file.ts';

/** 1: the service as it opened. */
const opening = `
  -- The vault's fingerprint, the fleet key's id that tokens are made under, when the health-code source last answered.
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

  -- One code for each session at most. request: the CodeRequest, sealed.
  CREATE TABLE code (
    session BLOB PRIMARY KEY, phone BLOB NOT NULL, sent_at INTEGER NOT NULL, digest BLOB NOT NULL,
    wrong_tries INTEGER NOT NULL, request BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX code_sent_at ON code (sent_at);
  CREATE INDEX code_phone ON code (phone);

  -- Every code sent in the last day, for the limits.
  CREATE TABLE sent (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, phone BLOB NOT NULL, session BLOB NOT NULL, address BLOB NOT NULL
  ) STRICT;
  CREATE INDEX sent_phone ON sent (phone, at);
  CREATE INDEX sent_address ON sent (address, at);
  CREATE INDEX sent_at ON sent (at);

  -- Sessions that may act for a phone.
  CREATE TABLE verified (
    session BLOB PRIMARY KEY, phone BLOB NOT NULL, until INTEGER NOT NULL, request BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX verified_until ON verified (until);
  CREATE INDEX verified_phone ON verified (phone);

  -- Registered persons. An id is never given again: the published feed may still know it.
  -- status: 4 bits, as it is to be published; answer_at: the moment the last good answer is of; asked_at: 0 for never.
  CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, name BLOB NOT NULL, phone BLOB NOT NULL,
    status INTEGER NOT NULL DEFAULT 0, answer_at INTEGER NOT NULL DEFAULT 0, asked_at INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX person_asked_at ON person (asked_at);
  CREATE INDEX person_known ON person (answer_at) WHERE status <> 0;

  -- token: as a signed number.
  CREATE TABLE link (
    token INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person, kind INTEGER NOT NULL, account BLOB NOT NULL
  ) STRICT;
  CREATE INDEX link_person ON link (person);

  -- basis: consent, proxy, or without-application.
  CREATE TABLE consent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, pseudonym BLOB NOT NULL, at INTEGER NOT NULL, text_version TEXT NOT NULL,
    basis TEXT NOT NULL, withdrawn_at INTEGER
  ) STRICT;
  CREATE INDEX consent_pseudonym ON consent (pseudonym);

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL, pseudonym BLOB, detail TEXT
  ) STRICT;

  -- Persons who are not as published, and the links they are published with. batch: 0, or the feed's version that is
  -- being published from these rows.
  CREATE TABLE dirty (
    batch INTEGER NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (batch, person)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE published_link (
    batch INTEGER NOT NULL, person INTEGER NOT NULL, token INTEGER NOT NULL, PRIMARY KEY (batch, person, token)
  ) STRICT, WITHOUT ROWID;
`;

/** 2: codes that were entered count less for the limits. */
const enteredCodes = `
  ALTER TABLE sent ADD COLUMN entered INTEGER NOT NULL DEFAULT 0;
  DROP INDEX sent_address;
  CREATE INDEX sent_address ON sent (address, at) WHERE entered = 0;
`;

/**
 * 3: codes that several sessions share, and counts for whole networks.
 * kind: the purpose; shared_at: when the shared code was first sent; value: the code, sealed; slot: ten minutes since 1970.
 */
const sharedCodes = `
  ALTER TABLE code ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE code ADD COLUMN shared_at INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE shared_code (
    phone BLOB NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (phone, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shared_code_at ON shared_code (at);

  ALTER TABLE sent ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sent ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sent ADD COLUMN network BLOB NOT NULL DEFAULT x'';
  ALTER TABLE sent ADD COLUMN area BLOB NOT NULL DEFAULT x'';
  DROP INDEX sent_address;
  CREATE INDEX sent_session ON sent (session);

  CREATE TABLE traffic (
    place BLOB NOT NULL, slot INTEGER NOT NULL, sent INTEGER NOT NULL, entered INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (place, slot)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX traffic_slot ON traffic (slot);
`;

export const officeSchema: Schema = {
  name: 'office',
  applicationId: 0x424f4643,
  steps: [opening, enteredCodes, sharedCodes],
};

type MetaValue = string | number | Buffer;

/** A single value of the store, by name. */
export function readMeta(db: Database.Database, name: string): MetaValue | undefined {
  return db.prepare<[string], MetaValue>('SELECT value FROM meta WHERE name = ?').pluck().get(name);
}

/** Within the caller's transaction. */
export function writeMeta(db: Database.Database, name: string, value: MetaValue): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(name, value);
}
