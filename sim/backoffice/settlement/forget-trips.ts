/** Trips are forgotten when nobody needs them any more: settled, and old. Their rows stay, and say of nobody where they went. */
import type Database from 'better-sqlite3';
import { earliestMs } from '../../../device/core/time-belief.ts';
import { createSqliteTaps } from '../intake/sqlite-taps.ts';
import type { TapStore } from '../intake/tap-store.ts';
import { tripPlaces } from '../intake/trips-file.ts';
import { checkpoint } from '../store/sqlite-file.ts';
import { dayName, dayOf } from './days.ts';
import { askSettled } from './settled-file.ts';

export interface ForgetParts {
  /** The back office's directory. */
  readonly dir: string;
  readonly trips: Database.Database;
  /** Where the rows are; the trips are a copy of it where it is another. */
  readonly store: TapStore;
  /** So many days after a trip its rows may still be needed: a card's next tap tells how a purchase ended. */
  readonly days: number;
  /** Unix milliseconds */
  readonly now: number;
}

export interface Forgotten {
  /** YYYY-MM-DD */
  readonly forgotten: readonly string[];
  readonly rows: number;
  /** Old enough, and not settled since their last row came. */
  readonly notSettled: readonly string[];
}

/** The ends of purchases come for 30 days, and complaints later. */
export const fewestDays = 60;
const dayMs = 86_400_000;

/** Rejects with the stores' errors: what was not forgotten then is with the next call. */
export async function forgetTrips({ dir, trips, store, days, now }: ForgetParts): Promise<Forgotten> {
  const { settled } = tripPlaces(dir);
  const note = trips.prepare(
    'INSERT INTO forgotten VALUES (?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at',
  );
  const copy = createSqliteTaps(trips);
  const before = now - days * dayMs;
  const forgotten: string[] = [];
  const notSettled: string[] = [];
  let rows = 0;
  for (const { day, lastAt, isForgotten } of daysBefore(trips, dayOf(before), dayOf(now))) {
    const name = dayName(day);
    const settledAt = askSettled(settled, name, ({ account }) => Date.parse(account.settledAt)) ?? 0;
    // A day that only a wrong clock has named is settled by nobody.
    const isReal = day >= dayOf(earliestMs) && day <= dayOf(now);
    if (isReal && isForgotten === 0 && settledAt <= lastAt) notSettled.push(name);
    // What came late stays as long as any other row.
    else if (lastAt < before) {
      // First it is noted: whatever ends us, no day is settled of which a part is forgotten.
      note.run(day, lastAt);
      rows += await store.forget(day, before);
      await copy.forget(day, before);
      forgotten.push(name);
    }
  }
  // Nothing of it stays in the file, or in its log.
  checkpoint(trips);
  return { forgotten, rows, notSettled };
}

interface Day {
  readonly day: number;
  readonly lastAt: number;
  readonly isForgotten: 0 | 1;
}

/** Of those that are forgotten the ones to which rows have come since; and those that are still to come. */
function daysBefore(trips: Database.Database, day: number, today: number): readonly Day[] {
  return trips
    .prepare<[number, number], Day>(
      `SELECT arrival.day, arrival.last_at AS lastAt, forgotten.day IS NOT NULL AS isForgotten
       FROM arrival LEFT JOIN forgotten USING (day)
       WHERE (arrival.day < ? OR arrival.day > ?) AND (forgotten.last_at IS NULL OR forgotten.last_at < arrival.last_at) ORDER BY arrival.day`,
    )
    .all(day, today);
}

/** Of the trips around a day: what was forgotten cannot be settled again, nor the day after it, on which rides may end. */
export function isForgotten(trips: Database.Database, day: number): boolean {
  return trips.prepare('SELECT 1 FROM forgotten WHERE day IN (?, ?)').get(day, day - 1) !== undefined;
}
