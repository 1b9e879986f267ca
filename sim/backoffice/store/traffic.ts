/** How many codes went out for an address, its network and its area: counts for ten minutes each, so that a crowd costs no more. */
import type Database from 'better-sqlite3';
import type { Traffic } from './store.ts';

const slotMs = 10 * 60_000;
const slotsCounted = 6;

export function slotOf(at: number): number {
  return Math.floor(at / slotMs);
}

/** Each call is part of the caller's transaction. Places are hashes. */
export function createTrafficCounts(db: Database.Database) {
  const count = db.prepare<[Buffer, number, number], Traffic>(
    `SELECT coalesce(sum(sent), 0) AS sent, coalesce(sum(entered), 0) AS entered, coalesce(max(last_at), 0) AS lastAt
     FROM traffic WHERE place = ? AND slot > ? AND slot <= ?`,
  );
  const send = db.prepare(
    `INSERT INTO traffic VALUES (?, ?, 1, 0, ?)
     ON CONFLICT DO UPDATE SET sent = sent + 1, last_at = max(last_at, excluded.last_at)`,
  );
  const enter = db.prepare('UPDATE traffic SET entered = entered + 1 WHERE place = ? AND slot = ?');
  const takeBack = db.prepare('UPDATE traffic SET sent = sent - 1 WHERE place = ? AND slot = ?');
  return {
    within(place: Buffer, now: number): Traffic {
      const slot = slotOf(now);
      return count.get(place, slot - slotsCounted, slot) ?? { sent: 0, entered: 0, lastAt: 0 };
    },
    sent(places: readonly Buffer[], at: number): void {
      for (const place of places) send.run(place, slotOf(at), at);
    },
    /** @param sentAt when the code was sent that was entered */
    entered(places: readonly Buffer[], sentAt: number): void {
      for (const place of places) enter.run(place, slotOf(sentAt));
    },
    takenBack(places: readonly Buffer[], sentAt: number): void {
      for (const place of places) takeBack.run(place, slotOf(sentAt));
    },
  };
}
