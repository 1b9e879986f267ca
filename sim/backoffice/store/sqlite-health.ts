/** The health codes of registered persons: the status to publish, and how old it is. */
import type Database from 'better-sqlite3';
import { statusOfValue, valueOfStatus } from '../../../sync/feed/statuses.ts';
import { readMeta, writeMeta } from './schema.ts';
import { type IdentityRow, openIdentity } from './sealed-columns.ts';
import type { Unpublished } from './sqlite-publish-queue.ts';
import type { HealthStore, PersonToAsk } from './store.ts';
import type { Vault } from './vault.ts';
import type { Writer } from './writer.ts';

interface AskRow extends IdentityRow {
  readonly id: number;
  readonly status: number;
  readonly answerAt: number;
}

const sourceAnsweredAt = 'source_answered_at';
/** What is dated further after the clock was stored under another clock, and counts for nothing. */
const clockToleranceMs = 60_000;

export function createHealthStore(
  db: Database.Database,
  vault: Vault,
  writer: Writer,
  unpublished: Unpublished,
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

  /** @returns whether the status has changed */
  function setStatus(id: number, value: number): boolean {
    const before = sql.status.get(id);
    if (before === undefined || before === value) return false;
    unpublished.note(id);
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
          // Another request has stored a newer answer meanwhile. One from the future was stored under a wrong clock.
          const isNewer = stored !== undefined && stored.answerAt > answer.at;
          if (stored === undefined || (isNewer && stored.answerAt <= askedAt + clockToleranceMs)) continue;
          const value = valueOfStatus(answer.status);
          const contradicts = stored.answerAt === answer.at && stored.status !== value;
          sql.setAnswerAt.run(answer.at, id);
          if (setStatus(id, contradicts ? valueOfStatus('unknown') : value)) changed++;
        }
        return changed;
      }),
    expire: (answerBefore, limit, now) =>
      writer.write(() => {
        const latest = now + clockToleranceMs;
        const before = sql.stale.all(answerBefore, limit);
        const stale = [...before, ...sql.future.all(latest, limit - before.length)];
        sql.forgetAsked.run(latest);
        if (Number(readMeta(db, sourceAnsweredAt) ?? 0) > latest) writeMeta(db, sourceAnsweredAt, 0);
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
    forgetAsked: db.prepare('UPDATE person SET asked_at = 0 WHERE asked_at > ?'),
    future: db
      .prepare<[number, number], number>(
        'SELECT id FROM person WHERE status <> 0 AND answer_at > ? ORDER BY answer_at LIMIT ?',
      )
      .pluck(),
    stale: db
      .prepare<[number, number], number>(
        'SELECT id FROM person WHERE status <> 0 AND answer_at < ? ORDER BY answer_at LIMIT ?',
      )
      .pluck(),
  };
}
