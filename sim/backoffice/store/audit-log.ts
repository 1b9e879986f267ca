/** The audit log: what was done when, and to whom by pseudonym. Nothing personal goes in. */
import type Database from 'better-sqlite3';

export type AuditEvent =
  | 'verified'
  | 'registered'
  | 'linked-without-application'
  | 'withdrawn'
  | 'medium-released'
  | 'register-imported'
  | 'records-expired';

export interface AuditLog {
  /** Call it within the transaction of the event. @param detail plain words with nothing personal */
  add(at: number, event: AuditEvent, pseudonym?: Buffer, detail?: string): void;
}

export function createAuditLog(db: Database.Database): AuditLog {
  const insert = db.prepare('INSERT INTO audit (at, event, pseudonym, detail) VALUES (?, ?, ?, ?)');
  return {
    add: (at, event, pseudonym, detail) => void insert.run(at, event, pseudonym ?? null, detail ?? null),
  };
}
