/** Registered persons, their linked media, and their consent. */
import type Database from 'better-sqlite3';
import { type Status, statuses } from '../../../device/core/check.ts';
import { statusOfValue } from '../../../sync/feed/statuses.ts';
import type { PersonChanges } from './person-changes.ts';
import { type MediumRow, openMedium } from './sealed-columns.ts';
import type { Consent, PeopleStore } from './store.ts';
import type { Vault } from './vault.ts';
import type { Writer } from './writer.ts';

export function createPeopleStore(
  db: Database.Database,
  vault: Vault,
  writer: Writer,
  changes: PersonChanges,
): PeopleStore {
  const sql = statements(db);
  return {
    async find(who) {
      const key = vault.personHash(who);
      const person = sql.person.get(key);
      if (person === undefined) return undefined;
      return {
        links: sql.links.all(person.id).map(row => openMedium(vault, key, row)),
        consent: sql.consent.get(vault.pseudonym(who)),
        health: { status: statusOfValue(person.status), at: person.answerAt },
      };
    },
    async ownerOf(medium) {
      return changes.ownerOf(medium);
    },
    register: (who, media, consent) => writer.write(() => void changes.register(who, media, consent)),
    withdraw: (who, now) => writer.write(() => changes.withdraw(who, now)),
    release: (media, now) => writer.write(() => media.filter(medium => changes.release(medium, now)).length),
    async counts() {
      const counted = statuses.map((status, value) => [status, sql.withStatus.get(value) ?? 0]);
      return {
        persons: sql.persons.get() ?? 0,
        links: sql.linkCount.get() ?? 0,
        byStatus: Object.fromEntries(counted) as Record<Status, number>,
        unpublished: sql.unpublished.get() ?? 0,
      };
    },
  };
}

function statements(db: Database.Database) {
  const count = (from: string) => db.prepare<unknown[], number>(`SELECT count(*) FROM ${from}`).pluck();
  return {
    person: db.prepare<[Buffer], { id: number; status: number; answerAt: number }>(
      'SELECT id, status, answer_at AS answerAt FROM person WHERE key = ?',
    ),
    links: db.prepare<[number], MediumRow>('SELECT kind, account FROM link WHERE person = ? ORDER BY token'),
    consent: db.prepare<[Buffer], Consent>(
      `SELECT at, text_version AS textVersion, basis FROM consent
       WHERE pseudonym = ? AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1`,
    ),
    persons: count('person'),
    linkCount: count('link'),
    withStatus: count('person WHERE status = ?'),
    unpublished: db.prepare<[], number>('SELECT count(DISTINCT person) FROM dirty').pluck(),
  };
}
