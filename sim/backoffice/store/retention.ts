/**
 * Forgets what is no longer needed: codes and verified sessions when they are over, sent codes when no limit counts them any
 * more, consent records and the audit log after three years, for which the law wants records of how personal data was
 * processed (Personal Information Protection Law, article 56).
 */
import type Database from 'better-sqlite3';
import type { AuditLog } from './audit-log.ts';
import { dayMs, hourMs } from './sqlite-codes.ts';
import { checkpoint } from './sqlite-file.ts';
import { slotOf } from './traffic.ts';
import type { Writer } from './writer.ts';

export const codeLifetimeMs = 5 * 60_000;
export const recordsKeptMs = 3 * 365 * dayMs;

export function createRetention(db: Database.Database, writer: Writer, audit: AuditLog) {
  const forget = (table: string, column: string) =>
    db.prepare<[number]>(`DELETE FROM ${table} WHERE ${column} <= ?`);
  const codes = forget('code', 'sent_at');
  const futureCodes = db.prepare<[number]>('DELETE FROM code WHERE sent_at > ?');
  const futureShared = db.prepare<[number]>('DELETE FROM shared_code WHERE at > ?');
  const futureSent = db.prepare<[number]>('DELETE FROM sent WHERE at > ?');
  const shared = forget('shared_code', 'at');
  const traffic = db.prepare<[number, number]>('DELETE FROM traffic WHERE slot < ? OR slot > ?');
  const sessions = forget('verified', 'until');
  const sent = forget('sent', 'at');
  const consents = forget('consent', 'withdrawn_at');
  const audits = forget('audit', 'at');

  /** Leaves nothing of what was deleted in the files. */
  return async (now: number): Promise<void> => {
    await writer.write(() => {
      codes.run(now - codeLifetimeMs);
      shared.run(now - codeLifetimeMs);
      traffic.run(slotOf(now - hourMs), slotOf(now + codeLifetimeMs));
      sessions.run(now);
      sent.run(now - dayMs);
      // Sent under a clock that ran ahead: they would count, or be good, until it is that late.
      futureCodes.run(now + codeLifetimeMs);
      futureShared.run(now);
      futureSent.run(now + codeLifetimeMs);
      const records = [consents, audits].reduce(
        (sum, each) => sum + each.run(now - recordsKeptMs).changes,
        0,
      );
      if (records > 0) audit.add(now, 'records-expired', undefined, `${records}`);
    });
    checkpoint(db);
  };
}
