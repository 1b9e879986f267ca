/** Taps that somebody should look at: one code in two places, validators that were stolen, clocks that nobody believes. */
import type Database from 'better-sqlite3';
import { codeMemoryMs } from '../../../device/core/seen.ts';
import { clockToleranceMs } from '../intake/notes.ts';
import { rowId } from '../intake/trips-file.ts';
import type { Enrolled } from '../uplink/enrolled.ts';
import type { Span, TapListEntry } from './entry.ts';

interface CodeTap {
  readonly id: number;
  readonly device: string;
  readonly code: string;
  readonly at: number;
  readonly bus: string | null;
  readonly line: string;
  readonly step: string | null;
}

/**
 * A code is good for one ride. Two validators took its fare within its life: on two buses, or at two doors of a bus on which every tap is a
 * ride. On a line by distance the second tap at another door is the same passenger's getting off.
 */
export function* sameCodes(trips: Database.Database, { from, to }: Span): Iterable<TapListEntry> {
  const taken = `FROM tap INDEXED BY tap_at WHERE at >= @from AND at < @to AND code_digest IS NOT NULL
    AND event = 'tap' AND fare_taken = 1`;
  const rows = trips
    .prepare<[object], CodeTap>(
      `SELECT tap.id, name AS device, hex(code_digest) AS code, at, bus, line, step
       FROM (SELECT code_digest AS shared ${taken} GROUP BY code_digest HAVING count(DISTINCT id >> 32) > 1)
       JOIN (SELECT * ${taken}) AS tap ON code_digest = shared JOIN device ON device.id = tap.id >> 32
       ORDER BY code_digest, at, tap.id`,
    )
    .iterate({ from, to: to + codeMemoryMs });
  let earlier: CodeTap[] = [];
  for (const tap of rows) {
    earlier = earlier.filter(({ code, at }) => code === tap.code && tap.at - at <= codeMemoryMs);
    const other = earlier.find(before => isElsewhere(before, tap));
    earlier.push(tap);
    if (other === undefined || other.at >= to) continue;
    yield {
      code: tap.code,
      ...{ device: other.device, bus: other.bus, line: other.line, firstAt: other.at },
      ...{ otherDevice: tap.device, otherBus: tap.bus, otherLine: tap.line, thenAt: tap.at },
      rows: [other.id, tap.id],
    };
  }
}

function isElsewhere(before: CodeTap, tap: CodeTap): boolean {
  if (before.device === tap.device) return false;
  return before.bus === null || before.bus !== tap.bus || (before.step === 'single' && tap.step === 'single');
}

/** Rows that a validator reported stolen has dated later than that, or that have come later: a thief may date them as he likes. */
export function* stolen(
  trips: Database.Database,
  enrolled: readonly Enrolled[],
  { from, to }: Span,
): Iterable<TapListEntry> {
  const journals = trips.prepare<[string], { id: number; name: string }>(
    'SELECT id, name FROM device WHERE name = ? ORDER BY epoch',
  );
  const rows = trips.prepare<[object], TapListEntry & { id: number }>(
    `SELECT id, at, came_at AS cameAt, line, bus, verdict, fare_taken AS fareTaken, fare_fen AS fareFen FROM tap
     WHERE id > @first AND id < @end AND at >= @from AND at < @to AND (at >= @stolenAt OR came_at >= @stolenAt) ORDER BY id`,
  );
  for (const { id: device, stolenAt } of enrolled) {
    if (stolenAt === undefined) continue;
    for (const { id: journal } of journals.all(device)) {
      const span = { first: rowId(journal, 0), end: rowId(journal + 1, 0), from, to, stolenAt };
      for (const { id, at, cameAt, ...tap } of rows.iterate(span))
        yield { device, stolenAt, tapAt: at ?? null, cameAt: cameAt ?? null, ...tap, rows: [id] };
    }
  }
}

/**
 * Taps whose time is in doubt. Why: `validator`, it says so itself; `ahead`, the row came before the time that it says; `set-back`, the row
 * before it says a later time.
 */
export function* doubtfulClocks(trips: Database.Database, { from, to }: Span): Iterable<TapListEntry> {
  const rows = trips.prepare<[object], TapListEntry & { id: number }>(
    `SELECT tap.id, device.name AS device, tap.at AS tapAt, tap.came_at AS cameAt, before.at AS beforeAt, tap.line, tap.bus,
       CASE WHEN tap.clock IS NOT NULL THEN 'validator' WHEN tap.at > tap.came_at + @tolerance THEN 'ahead' ELSE 'set-back' END AS why
     FROM tap INDEXED BY tap_at JOIN device ON device.id = tap.id >> 32 LEFT JOIN tap AS before ON before.id = tap.id - 1
     WHERE tap.at >= @from AND tap.at < @to
       AND (tap.clock IS NOT NULL OR tap.at > tap.came_at + @tolerance OR before.at > tap.at + @tolerance)
     ORDER BY tap.id`,
  );
  for (const { id, ...tap } of rows.iterate({ from, to, tolerance: clockToleranceMs }))
    yield { ...tap, rows: [id] };
}
