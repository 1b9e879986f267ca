/** The partitions of the taps: one for each of Beijing's days, made when a row first needs it. */
import { dayName, dayOf } from '../../settlement/days.ts';
import type { PostgresServer } from './server.ts';

export interface Partitions {
  /** @returns the day in whose partition the row belongs: its own, unless no clock that is right could have said it */
  dayOf(at: number, cameAt: number): number;
  /** Rejects with DeviceError storage. */
  ensure(days: ReadonlySet<number>): Promise<void>;
}

/** No journal keeps rows longer; and nobody can have thousands of partitions made by dates. */
const [mostDaysAgo, mostDaysAhead] = [400, 1];
const partitionLock = 0x46564a4d;

export function createPartitions(server: PostgresServer): Partitions {
  const there = new Set<number>();
  return {
    dayOf(at, cameAt) {
      const [day, today] = [dayOf(at), dayOf(cameAt)];
      return day < today - mostDaysAgo || day > today + mostDaysAhead ? today : day;
    },
    async ensure(days) {
      for (const day of days) {
        if (there.has(day)) continue;
        await make(server, day);
        there.add(day);
      }
    },
  };
}

/** A table that is made first and attached then keeps nobody from the others. */
async function make(server: PostgresServer, day: number): Promise<void> {
  const name = `tap_${dayName(day).replace(/[^0-9]/g, '_')}`;
  await server.ask(`DO $partition$ BEGIN
    PERFORM pg_advisory_xact_lock(${partitionLock});
    IF to_regclass('${name}') IS NULL THEN
      CREATE TABLE ${name} (LIKE tap INCLUDING ALL);
      ALTER TABLE tap ATTACH PARTITION ${name} FOR VALUES FROM (${day}) TO (${day + 1});
    END IF;
  END $partition$`);
}
