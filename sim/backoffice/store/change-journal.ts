/**
 * Notes who is no longer as published, before anything of theirs changes: so the next publication knows what to take
 * back, and nothing has to be kept of those who do not change.
 */
import type Database from 'better-sqlite3';

export interface ChangeJournal {
  /** Within the transaction of the change, and before it. */
  note(person: number): void;
}

export function createChangeJournal(db: Database.Database): ChangeJournal {
  const note = db.prepare<[number]>('INSERT OR IGNORE INTO dirty (batch, person) VALUES (0, ?)');
  const keep = db.prepare<[number]>(
    'INSERT INTO published_link (batch, person, token) SELECT 0, person, token FROM link WHERE person = ?',
  );
  return {
    note(person) {
      if (note.run(person).changes > 0) keep.run(person);
    },
  };
}
