/** What is known of registered persons' health codes: the status to publish, and how old it is. */
import type Database from 'better-sqlite3';
import { statusOfValue, valueOfStatus } from '../../../sync/feed/statuses.ts';
import type { ChangeJournal } from './change-journal.ts';
import { type IdentityRow, openIdentity } from './identity-columns.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { HealthStore, PersonToAsk } from './store.ts';
import type { Vault } from './vault.ts';
import type { Writer } from './writer.ts';

interface AskRow extends IdentityRow {
  readonly id: number;
  readonly status: number;
  readonly answerAt: number;
}

const sourceAnsweredAt = 'source_answered_at';

export function createHealthStore(
  db: Database.Database,
  vault: Vault,
  writer: Writer,
  journal: ChangeJournal,
): HealthStore {
  const sql = statements(db);
  const personOf = (row: AskRow): PersonToAsk => ({
    id: row.id,
    status: statusOfValue(row.status),
    answerAt: row.answerAt,
    ...openIdentity(vault, row),
  });

  function readable(row: AskRow): PersonToAsk | undefined {
    try {
      return personOf(row);
    } catch {
      return undefined;
    }
  }

  function putOff(rows: readonly AskRow[], people: readonly PersonToAsk[], askedAt: number): Promise<void> {
    const asked = new Set(people.map(({ id }) => id));
    return writer.write(() => {
      for (const { id } of rows) if (!asked.has(id)) sql.setAsked.run(askedAt, id);
    });
  }

  /** @returns whether it is another one now */
  function setStatus(id: number, value: number): boolean {
    const before = sql.status.get(id);
    if (before === undefined || before === value) return false;
    journal.note(id);
    sql.setStatus.run(value, id);
    return true;
  }

  return {
    async due(askedBefore, limit, now) {
      const rows = sql.due.all(askedBefore, limit);
      const people = rows.flatMap(row => readable(row) ?? []);
      const unreadable = rows.length - people.length;
      if (unreadable > 0) await putOff(rows, people, now);
      return { people, unreadable };
    },
    async one(who) {
      const row = sql.one.get(vault.personHash(who));
      return row && personOf(row);
    },
    settle: (settled, askedAt) =>
      writer.write(() => {
        let changed = 0;
        for (const { id, answer } of settled) {
          sql.setAsked.run(askedAt, id);
          if (answer === undefined) continue;
          const stored = sql.stored.get(id);
          // Somebody else has asked meanwhile, and was told something newer.
          if (stored === undefined || stored.answerAt > answer.at) continue;
          const value = valueOfStatus(answer.status);
          const contradicts = stored.answerAt === answer.at && stored.status !== value;
          sql.setAnswerAt.run(answer.at, id);
          if (setStatus(id, contradicts ? valueOfStatus('unknown') : value)) changed++;
        }
        return changed;
      }),
    expire: (answerBefore, limit) =>
      writer.write(() => {
        const stale = sql.stale.all(answerBefore, limit);
        for (const id of stale) setStatus(id, valueOfStatus('unknown'));
        return stale.length;
      }),
    async sourceAnsweredAt() {
      return Number(readMeta(db, sourceAnsweredAt) ?? 0);
    },
    sourceAnswered: at => writer.write(() => writeMeta(db, sourceAnsweredAt, at)),
  };
}

function statements(db: Database.Database) {
  const columns = 'id, key, name, phone, status, answer_at AS answerAt';
  return {
    due: db.prepare<[number, number], AskRow>(
      `SELECT ${columns} FROM person WHERE asked_at <= ? ORDER BY asked_at LIMIT ?`,
    ),
    one: db.prepare<[Buffer], AskRow>(`SELECT ${columns} FROM person WHERE key = ?`),
    status: db.prepare<[number], number>('SELECT status FROM person WHERE id = ?').pluck(),
    stored: db.prepare<[number], { status: number; answerAt: number }>(
      'SELECT status, answer_at AS answerAt FROM person WHERE id = ?',
    ),
    setStatus: db.prepare('UPDATE person SET status = ? WHERE id = ?'),
    setAsked: db.prepare('UPDATE person SET asked_at = ? WHERE id = ?'),
    setAnswerAt: db.prepare('UPDATE person SET answer_at = ? WHERE id = ?'),
    stale: db
      .prepare<[number, number], number>(
        'SELECT id FROM person WHERE status <> 0 AND answer_at < ? ORDER BY answer_at LIMIT ?',
      )
      .pluck(),
  };
}
