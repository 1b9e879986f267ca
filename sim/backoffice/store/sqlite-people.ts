/** Registered persons, what they have linked, and their consent. */
import type Database from 'better-sqlite3';
import { type Status, statuses } from '../../../device/core/check.ts';
import type { AuditLog } from './audit-log.ts';
import type { ChangeJournal } from './change-journal.ts';
import { type IdentityRow, openIdentity } from './identity-columns.ts';
import { type MediumRow, openMedium } from './medium-columns.ts';
import { createPersonRows, type TokenOf } from './person-rows.ts';
import type { Consent, PeopleStore } from './store.ts';
import type { Vault } from './vault.ts';
import type { Writer } from './writer.ts';

interface Parts {
  readonly db: Database.Database;
  readonly vault: Vault;
  readonly writer: Writer;
  readonly audit: AuditLog;
  readonly journal: ChangeJournal;
  readonly tokenOf: TokenOf;
}

export function createPeopleStore(parts: Parts): PeopleStore {
  const { db, vault, writer, audit, journal, tokenOf } = parts;
  const sql = statements(db);
  const rows = createPersonRows(db, vault, journal, tokenOf);

  function releaseOne(token: bigint, now: number): boolean {
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
    async find(who) {
      const key = vault.personHash(who);
      const id = sql.idOf.get(key);
      if (id === undefined) return undefined;
      const links = sql.links.all(id).map(row => openMedium(vault, key, row));
      return { links, consent: sql.consent.get(vault.pseudonym(who)) };
    },
    async ownerOf(medium) {
      const row = sql.ownerOf.get(tokenOf(medium));
      return row === undefined ? undefined : openIdentity(vault, row);
    },
    register(who, media, consent) {
      return writer.write(() => {
        for (const medium of rows.linkedByOthers(who, media)) releaseOne(tokenOf(medium), consent.at);
        if (!rows.put(who, media, consent)) return;
        const event = consent.basis === 'without-application' ? 'linked-without-application' : 'registered';
        audit.add(consent.at, event, vault.pseudonym(who), consent.basis);
      });
    },
    withdraw(who, now) {
      const pseudonym = vault.pseudonym(who);
      const phone = vault.phoneHash(who.phone);
      return writer.write(() => {
        const id = sql.idOf.get(vault.personHash(who));
        if (id === undefined) return false;
        rows.erase(id);
        sql.forgetCodes.run(phone);
        sql.forgetVerified.run(phone);
        sql.endConsents.run(now, pseudonym);
        audit.add(now, 'withdrawn', pseudonym);
        return true;
      });
    },
    release: (media, now) =>
      writer.write(() => media.filter(medium => releaseOne(tokenOf(medium), now)).length),
    async counts() {
      const byStatus = Object.fromEntries(
        statuses.map((status, value) => [status, sql.withStatus.get(value) ?? 0]),
      );
      return {
        persons: sql.persons.get() ?? 0,
        links: sql.linkCount.get() ?? 0,
        byStatus: byStatus as Record<Status, number>,
        unpublished: sql.unpublished.get() ?? 0,
      };
    },
  };
}

function statements(db: Database.Database) {
  const count = (from: string) => db.prepare<unknown[], number>(`SELECT count(*) FROM ${from}`).pluck();
  return {
    idOf: db.prepare<[Buffer], number>('SELECT id FROM person WHERE key = ?').pluck(),
    links: db.prepare<[number], MediumRow>('SELECT kind, account FROM link WHERE person = ? ORDER BY token'),
    ownerOf: db.prepare<[bigint], IdentityRow & { id: number }>(
      'SELECT id, key, name, phone FROM person WHERE id = (SELECT person FROM link WHERE token = ?)',
    ),
    unlink: db.prepare('DELETE FROM link WHERE token = ?'),
    mediaOf: count('link WHERE person = ?'),
    consent: db.prepare<[Buffer], Consent>(
      `SELECT at, text_version AS textVersion, basis FROM consent
       WHERE pseudonym = ? AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1`,
    ),
    endConsents: db.prepare(
      'UPDATE consent SET withdrawn_at = ? WHERE pseudonym = ? AND withdrawn_at IS NULL',
    ),
    forgetCodes: db.prepare('DELETE FROM code WHERE phone = ?'),
    forgetVerified: db.prepare('DELETE FROM verified WHERE phone = ?'),
    persons: count('person'),
    linkCount: count('link'),
    withStatus: count('person WHERE status = ?'),
    unpublished: db.prepare<[], number>('SELECT count(DISTINCT person) FROM dirty').pluck(),
  };
}
