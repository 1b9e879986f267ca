/** Rows of journals, lines and fares for tests of the settlement. */
import type Database from 'better-sqlite3';
import { pilotPolicy } from '../../../../device/core/policy.ts';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { createTariffs } from '../../../../sim/backoffice/settlement/tariffs.ts';

/** 2022-06-01 08:00 in Beijing. */
export const morning = Date.UTC(2022, 5, 1);
export const minute = 60_000;

const nothing = {
  ...{
    of_row: null,
    kind: null,
    token: null,
    code_digest: null,
    reason: null,
    checked_row: null,
    checked_by: null,
  },
  ...{ card_kind: null, bus: null, stop: null, step: null, on_stop: null, on_at: null, most_fen: null },
  ...{ owed_fen: null, short_fen: null, purchase: null, balance_fen: null, card_sequence: null },
  ...{ terminal: null, terminal_sequence: null, tac: null, mac_checked: null, clock: null },
};

/** What a validator's first journal brings, into these trips. */
export function takerOf(trips: Database.Database, now?: () => number) {
  const { takeRows } = createIntake(createSqliteTaps(trips), now);
  return (device: string, rows: Iterable<unknown>, epoch = 1) => takeRows({ device, epoch }, rows);
}

/** A tap that took no fare, unless it says more. */
export function row(seq: number, at: number, rest: Partial<TapRow> = {}): TapRow {
  const usual = {
    reader: 'reader',
    line: '2',
    verdict: 'pass',
    phase: 'enforced',
    fare_taken: 0,
    fare_fen: 0,
  } as const;
  return { ...nothing, seq, event: 'tap', at, ...usual, ...rest };
}

export function token(number: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(number, 4);
  return new Uint8Array(bytes);
}

export function codeTap(
  seq: number,
  at: number,
  step: 'on' | 'off' | 'single',
  stop: string | null,
  rest: Partial<TapRow> = {},
) {
  const code = {
    kind: 'ride-code',
    token: token(7),
    code_digest: new Uint8Array(8),
    bus: 'A1',
    fare_taken: 1,
  } as const;
  return row(seq, at, { ...code, step, stop, ...rest });
}

/** Line 2: ten stops s0 … s9, 4 km apart, both ways; so s0 to s3 is 12 km. */
export const stops = Array.from({ length: 10 }, (_, i) => `s${i}`);
const along = stops.map((_, i) => i * 4000);

export const lineTwo = {
  line: '2',
  stops: stops.map((id, i) => ({ id, zh: `第${i}站`, en: `Stop ${i}`, lat: 39.9 + i / 100, lon: 116.4 })),
  ways: [
    { stops: [...stops], alongM: [...along] },
    { stops: [...stops].reverse(), alongM: [...along] },
  ],
};

export const tariffs = createTariffs(
  [{ since: 0, what: pilotPolicy }],
  [{ since: 0, what: new Map([['2', lineTwo]]) }],
);

/** What a ride code pays from stop to stop, by the announcement: 2.00 to 10 km, 1.00 for each 5 km begun beyond, of that half. */
export function announcedFen(from: number, to: number): number {
  const beyondKm = Math.abs(to - from) * 4 - 10;
  return fullFen(beyondKm) / 2;
}

export function fullFen(beyondKm: number): number {
  return 200 + Math.max(0, Math.ceil(beyondKm / 5)) * 100;
}

/** Without a tap-off: undiscounted, to the farther end. */
export function mostFen(from: number): number {
  return fullFen(Math.max(from, 9 - from) * 4 - 10);
}
