/**
 * Registers, releases and erases persons with their links, and notes each change for the next publication. All of it runs
 * within a transaction of the caller's.
 */
import type Database from 'better-sqlite3';
import type { AuditLog } from './audit-log.ts';
import { type IdentityRow, numberOfKind, openIdentity, sealAccount, sealIdentity } from './sealed-columns.ts';
import type { Unpublished } from './sqlite-publish-queue.ts';
import type { Consent, Medium } from './store.ts';
import type { Identity, Vault } from './vault.ts';

/** The medium's token under the newest fleet key, as a signed number. */
export type TokenOf = (medium: Medium) => bigint;

export interface PersonChangesParts {
  readonly db: Database.Database;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly unpublished: Unpublished;
  readonly tokenOf: TokenOf;
}

export interface PersonChanges {
  ownerOf(medium: Medium): Identity | undefined;
  /** @returns false where nothing changed */
  register(who: Identity, media: readonly Medium[], consent: Consent): boolean;
  /** The medium belongs to somebody else now. @returns whether it was linked */
  release(medium: Medium, now: number): boolean;
  /** @returns false where there is no such person */
  withdraw(who: Identity, now: number): boolean;
  /** Whether this person has withdrawn, and has not registered again since. */
  hasWithdrawn(who: Identity): boolean;
}

export function createPersonChanges(parts: PersonChangesParts): PersonChanges {
  const { db, vault, audit, unpublished, tokenOf } = parts;
  const sql = statements(db);

  function erase(id: number): void {
    unpublished.note(id);
    sql.unlinkAll.run(id);
    sql.remove.run(id);
  }

  function release(medium: Medium, now: number): boolean {
    const token = tokenOf(medium);
    const owner = sql.ownerOf.get(token);
    if (owner === undefined) return false;
    unpublished.note(owner.id);
    sql.unlink.run(token);
    const pseudonym = vault.pseudonym(openIdentity(vault, owner));
    audit.add(now, 'medium-released', pseudonym);
    if (sql.countLinks.get(owner.id) === 0) {
      erase(owner.id);
      sql.endConsents.run(now, pseudonym);
    }
    return true;
  }

  function releaseFromOthers(key: Buffer, media: readonly Medium[], now: number): void {
    for (const medium of media) {
      const owner = sql.ownerOf.get(tokenOf(medium));
      if (owner !== undefined && !owner.key.equals(key)) release(medium, now);
    }
  }

  /** @returns whether there was one to link */
  function linkMissing(id: number, key: Buffer, media: readonly Medium[]): boolean {
    const missing = media.filter(medium => sql.ownerOf.get(tokenOf(medium)) === undefined);
    if (missing.length > 0) unpublished.note(id);
    for (const medium of missing) {
      sql.link.run(tokenOf(medium), id, numberOfKind(medium.kind), sealAccount(vault, key, medium));
    }
    return missing.length > 0;
  }

  /** @returns whether it was not on record yet */
  function recordConsent(pseudonym: Buffer, { at, textVersion, basis }: Consent): boolean {
    if (sql.activeConsent.get(pseudonym, textVersion, basis) !== undefined) return false;
    sql.recordConsent.run(pseudonym, at, textVersion, basis);
    return true;
  }

  return {
    ownerOf(medium) {
      const row = sql.ownerOf.get(tokenOf(medium));
      return row === undefined ? undefined : openIdentity(vault, row);
    },
    register(who, media, consent) {
      const { key, name, phone } = sealIdentity(vault, who);
      releaseFromOthers(key, media, consent.at);
      sql.insert.run(key, name, phone);
      const id = sql.idOf.get(key);
      if (id === undefined) throw new Error('a person just inserted is not there');
      const pseudonym = vault.pseudonym(who);
      const isLinked = linkMissing(id, key, media);
      const isRecorded = recordConsent(pseudonym, consent);
      if (!isLinked && !isRecorded) return false;
      const event = consent.basis === 'without-application' ? 'linked-without-application' : 'registered';
      audit.add(consent.at, event, pseudonym, consent.basis);
      return true;
    },
    release,
    withdraw(who, now) {
      const id = sql.idOf.get(vault.personHash(who));
      if (id === undefined) return false;
      const [pseudonym, phone] = [vault.pseudonym(who), vault.phoneHash(who.phone)];
      erase(id);
      sql.forgetCodes.run(phone);
      sql.forgetShared.run(phone);
      sql.forgetVerified.run(phone);
      sql.endConsents.run(now, pseudonym);
      audit.add(now, 'withdrawn', pseudonym);
      return true;
    },
    hasWithdrawn: who => sql.newestConsent.get(vault.pseudonym(who))?.withdrawnAt != null,
  };
}

function statements(db: Database.Database) {
  return {
    idOf: db.prepare<[Buffer], number>('SELECT id FROM person WHERE key = ?').pluck(),
    insert: db.prepare<[Buffer, Buffer, Buffer]>(
      'INSERT OR IGNORE INTO person (key, name, phone) VALUES (?, ?, ?)',
    ),
    remove: db.prepare('DELETE FROM person WHERE id = ?'),
    ownerOf: db.prepare<[bigint], IdentityRow & { id: number }>(
      'SELECT id, key, name, phone FROM person WHERE id = (SELECT person FROM link WHERE token = ?)',
    ),
    link: db.prepare('INSERT INTO link VALUES (?, ?, ?, ?)'),
    unlink: db.prepare('DELETE FROM link WHERE token = ?'),
    unlinkAll: db.prepare('DELETE FROM link WHERE person = ?'),
    countLinks: db.prepare<[number], number>('SELECT count(*) FROM link WHERE person = ?').pluck(),
    recordConsent: db.prepare('INSERT INTO consent (pseudonym, at, text_version, basis) VALUES (?, ?, ?, ?)'),
    activeConsent: db.prepare(
      `SELECT 1 FROM consent
       WHERE pseudonym = ? AND text_version = ? AND basis = ? AND withdrawn_at IS NULL`,
    ),
    endConsents: db.prepare(
      'UPDATE consent SET withdrawn_at = ? WHERE pseudonym = ? AND withdrawn_at IS NULL',
    ),
    newestConsent: db.prepare<[Buffer], { withdrawnAt: number | null }>(
      'SELECT withdrawn_at AS withdrawnAt FROM consent WHERE pseudonym = ? ORDER BY id DESC LIMIT 1',
    ),
    forgetCodes: db.prepare('DELETE FROM code WHERE phone = ?'),
    forgetShared: db.prepare('DELETE FROM shared_code WHERE phone = ?'),
    forgetVerified: db.prepare('DELETE FROM verified WHERE phone = ?'),
  };
}
