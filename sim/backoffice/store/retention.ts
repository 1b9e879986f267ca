/**
 * What is forgotten when. Codes and verified sessions when they are over; what was sent when no limit counts it any more;
 * consent records and the audit log when the law no longer asks for them: records of how personal data was processed are
 * kept for three years (Personal Information Protection Law, article 56).
 */
import type Database from 'better-sqlite3';
import type { AuditLog } from './audit-log.ts';
import { dayMs } from './sqlite-codes.ts';
import { checkpoint } from './sqlite-file.ts';
import type { Writer } from './writer.ts';

export const codeLifetimeMs = 5 * 60_000;
export const recordsKeptMs = 3 * 365 * dayMs;

export function createRetention(db: Database.Database, writer: Writer, audit: AuditLog) {
  const forget = (table: string, column: string) =>
    db.prepare<[number]>(`DELETE FROM ${table} WHERE ${column} <= ?`);
  const codes = forget('code', 'sent_at');
  const sessions = forget('verified', 'until');
  const sent = forget('sent', 'at');
  const consents = forget('consent', 'withdrawn_at');
  const audits = forget('audit', 'at');

  /** Then nothing that has been deleted is left in the files. */
  return async (now: number): Promise<void> => {
    await writer.write(() => {
      codes.run(now - codeLifetimeMs);
      sessions.run(now);
      sent.run(now - dayMs);
      const records = [consents, audits].reduce(
        (sum, each) => sum + each.run(now - recordsKeptMs).changes,
        0,
      );
      if (records > 0) audit.add(now, 'records-expired', undefined, `${records}`);
    });
    checkpoint(db);
  };
}
