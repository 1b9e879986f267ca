/** Registering, releasing and erasing as the people store does it, within a transaction of the caller's. */
import type Database from 'better-sqlite3';
import type { AuditLog } from './audit-log.ts';
import type { ChangeJournal } from './change-journal.ts';
import { type IdentityRow, openIdentity } from './identity-columns.ts';
import { createPersonRows, type TokenOf } from './person-rows.ts';
import type { Consent, Medium } from './store.ts';
import type { Identity, Vault } from './vault.ts';

export interface RegistrarParts {
  readonly db: Database.Database;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly journal: ChangeJournal;
  readonly tokenOf: TokenOf;
}

export interface Registrar {
  ownerOf(medium: Medium): Identity | undefined;
  /** @returns false where all of it was so before */
  register(who: Identity, media: readonly Medium[], consent: Consent): boolean;
  /** The medium is somebody else's now. @returns whether it was linked */
  release(medium: Medium, now: number): boolean;
  /** @returns false where there is no such person */
  withdraw(who: Identity, now: number): boolean;
  /** Whether this person has withdrawn, and not registered again since. */
  hasWithdrawn(who: Identity): boolean;
}

export function createRegistrar({ db, vault, audit, journal, tokenOf }: RegistrarParts): Registrar {
  const sql = statements(db);
  const rows = createPersonRows(db, vault, journal, tokenOf);

  function release(medium: Medium, now: number): boolean {
    const token = tokenOf(medium);
    const owner = sql.ownerOf.get(token);
    if (owner === undefined) return false;
    journal.note(owner.id);
    sql.unlink.run(token);
    const pseudonym = vault.pseudonym(openIdentity(vault, owner));
    audit.add(now, 'medium-released', pseudonym);
    if (sql.mediaOf.get(owner.id) === 0) {
      rows.erase(owner.id);
      sql.endConsents.run(now, pseudonym);
    }
    return true;
  }

  return {
    ownerOf(medium) {
      const row = sql.ownerOf.get(tokenOf(medium));
      return row === undefined ? undefined : openIdentity(vault, row);
    },
    register(who, media, consent) {
      for (const medium of rows.linkedByOthers(who, media)) release(medium, consent.at);
      if (!rows.put(who, media, consent)) return false;
      const event = consent.basis === 'without-application' ? 'linked-without-application' : 'registered';
      audit.add(consent.at, event, vault.pseudonym(who), consent.basis);
      return true;
    },
    release,
    withdraw(who, now) {
      const id = sql.idOf.get(vault.personHash(who));
      if (id === undefined) return false;
      const [pseudonym, phone] = [vault.pseudonym(who), vault.phoneHash(who.phone)];
      rows.erase(id);
      sql.forgetCodes.run(phone);
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
    ownerOf: db.prepare<[bigint], IdentityRow & { id: number }>(
      'SELECT id, key, name, phone FROM person WHERE id = (SELECT person FROM link WHERE token = ?)',
    ),
    unlink: db.prepare('DELETE FROM link WHERE token = ?'),
    mediaOf: db.prepare<[number], number>('SELECT count(*) FROM link WHERE person = ?').pluck(),
    endConsents: db.prepare(
      'UPDATE consent SET withdrawn_at = ? WHERE pseudonym = ? AND withdrawn_at IS NULL',
    ),
    newestConsent: db.prepare<[Buffer], { withdrawnAt: number | null }>(
      'SELECT withdrawn_at AS withdrawnAt FROM consent WHERE pseudonym = ? ORDER BY id DESC LIMIT 1',
    ),
    forgetCodes: db.prepare('DELETE FROM code WHERE phone = ?'),
    forgetVerified: db.prepare('DELETE FROM verified WHERE phone = ?'),
  };
}
