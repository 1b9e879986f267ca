/** Rows of persons and their links put in and taken out, each change noted for the next publication. */
import type Database from 'better-sqlite3';
import type { ChangeJournal } from './change-journal.ts';
import { sealIdentity } from './identity-columns.ts';
import { numberOfKind, sealAccount } from './medium-columns.ts';
import type { Consent, Medium } from './store.ts';
import type { Identity, Vault } from './vault.ts';

/** The medium's token under the newest fleet key, as a signed number. */
export type TokenOf = (medium: Medium) => bigint;

export interface PersonRows {
  /** @returns false where all of it was so before */
  put(who: Identity, media: readonly Medium[], consent: Consent): boolean;
  /** Those of the media that other persons have linked. */
  linkedByOthers(who: Identity, media: readonly Medium[]): Medium[];
  /** The person and all links. */
  erase(id: number): void;
}

export function createPersonRows(
  db: Database.Database,
  vault: Vault,
  journal: ChangeJournal,
  tokenOf: TokenOf,
): PersonRows {
  const insert = db.prepare<[Buffer, Buffer, Buffer]>(
    'INSERT OR IGNORE INTO person (key, name, phone) VALUES (?, ?, ?)',
  );
  const idOf = db.prepare<[Buffer], number>('SELECT id FROM person WHERE key = ?').pluck();
  const ownerOf = db.prepare<[bigint], number>('SELECT person FROM link WHERE token = ?').pluck();
  const link = db.prepare('INSERT INTO link VALUES (?, ?, ?, ?)');
  const record = db.prepare('INSERT INTO consent (pseudonym, at, text_version, basis) VALUES (?, ?, ?, ?)');
  const active = db.prepare(
    `SELECT 1 FROM consent
     WHERE pseudonym = ? AND text_version = ? AND basis = ? AND withdrawn_at IS NULL`,
  );
  const unlink = db.prepare('DELETE FROM link WHERE person = ?');
  const remove = db.prepare('DELETE FROM person WHERE id = ?');

  return {
    put(who, media, consent) {
      const { key, name, phone } = sealIdentity(vault, who);
      insert.run(key, name, phone);
      const id = idOf.get(key);
      if (id === undefined) throw new Error('a person just inserted is not there');
      const missing = media.filter(medium => ownerOf.get(tokenOf(medium)) === undefined);
      if (missing.length > 0) journal.note(id);
      for (const medium of missing) {
        link.run(tokenOf(medium), id, numberOfKind(medium.kind), sealAccount(vault, key, medium));
      }
      const pseudonym = vault.pseudonym(who);
      const isRecorded = active.get(pseudonym, consent.textVersion, consent.basis) !== undefined;
      if (!isRecorded) record.run(pseudonym, consent.at, consent.textVersion, consent.basis);
      return missing.length > 0 || !isRecorded;
    },
    linkedByOthers(who, media) {
      const id = idOf.get(vault.personHash(who));
      return media.filter(medium => {
        const owner = ownerOf.get(tokenOf(medium));
        return owner !== undefined && owner !== id;
      });
    },
    erase(id) {
      journal.note(id);
      unlink.run(id);
      remove.run(id);
    },
  };
}
