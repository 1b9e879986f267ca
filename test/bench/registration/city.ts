/** A store full of people, made in key order and so in minutes: as if a city had registered. */
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';

const secondMediumEvery = 4;
/** Sealed values have their usual lengths; nobody opens them. */
const sealed = { name: 34, phone: 39, account: 47 };
const spacing = 2n ** 63n / 40_000_000n;

/** @param office the store's file, which has nobody in it yet */
export function fillStore(office: string, people: number): void {
  const db = new Database(office);
  const person = db.prepare(
    'INSERT INTO person (id, key, name, phone, status, answer_at) VALUES (?, ?, ?, ?, 1, ?)',
  );
  const link = db.prepare('INSERT INTO link VALUES (?, ?, 0, ?)');
  const filler = randomBytes(1 << 16);
  const bytes = (length: number, i: number) => filler.subarray(i % 60_000, (i % 60_000) + length);
  const now = Date.now();
  let token = -(2n ** 63n);
  const keys = Buffer.alloc(16);
  const addAll = db.transaction(() => {
    for (let i = 1; i <= people; i++) {
      keys.writeUInt32BE(i);
      person.run(i, keys, bytes(sealed.name, i), bytes(sealed.phone, i), now);
      for (let medium = 0; medium < (i % secondMediumEvery === 0 ? 2 : 1); medium++) {
        link.run(token, i, bytes(sealed.account, i));
        // Spread over all partitions, and never twice.
        token += spacing;
      }
    }
  });
  addAll();
  db.close();
}

/** So many people have another status, spread over the city. */
export function changeStatuses(office: string, people: number, count: number): void {
  const db = new Database(office);
  const note = db.prepare('INSERT OR IGNORE INTO dirty VALUES (0, ?)');
  const keep = db.prepare('INSERT INTO published_link SELECT 0, person, token FROM link WHERE person = ?');
  const set = db.prepare('UPDATE person SET status = 5 - status WHERE id = ?');
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const id = 1 + Math.floor((i * people) / count);
      if (note.run(id).changes > 0) keep.run(id);
      set.run(id);
    }
  })();
  db.close();
}
