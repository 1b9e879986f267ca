/**
 * A day of a city's buses in the trips of a back office, straight into its tables: half of the rides by card, half by code, each
 * medium some three rides, on the lines that are published.
 */
import type Database from 'better-sqlite3';
import { rowId } from '../../../sim/backoffice/intake/trips-file.ts';
import { startOfDay } from '../../../sim/backoffice/settlement/days.ts';

export const lines = 100;
export const stopsOfLine = 30;
export const stopM = 700;
const ridesAMedium = 3;
/** Rides begin within so long, from 05:00 on. */
const serviceMs = 17 * 3_600_000;

const columns = [
  ...[
    'id',
    'event',
    'of_row',
    'at',
    'reader',
    'line',
    'kind',
    'token',
    'verdict',
    'phase',
    'fare_taken',
    'fare_fen',
  ],
  ...[
    'card_kind',
    'bus',
    'stop',
    'step',
    'on_stop',
    'on_at',
    'most_fen',
    'purchase',
    'balance_fen',
    'card_sequence',
  ],
];

type Value = string | number | Buffer | null;

/** @returns how many rows there are now. @param rides in the order of time */
export function fillTrips(trips: Database.Database, day: number, rides: number): number {
  const buses = Math.max(lines, Math.ceil(rides / 500));
  const seqs = new Uint32Array(2 * buses + 2);
  const insert = trips.prepare(
    `INSERT INTO tap (${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length - 1)})`,
  );
  // As one that is restored: what is in order is written in order.
  trips.exec('DROP INDEX tap_at; DROP INDEX tap_token');
  trips.pragma('synchronous = OFF');
  const put = trips.transaction((from: number, to: number) => {
    for (let ride = from; ride < to; ride++) putRide(ride);
  });

  function add(
    bus: number,
    door: number,
    ofRow: number | null,
    at: number,
    values: readonly Value[],
  ): number {
    const device = 2 * bus + door + 1;
    const seq = (seqs[device] ?? 0) + 1;
    seqs[device] = seq;
    insert.run(rowId(device, seq), ofRow === null ? 'tap' : 'purchase', ofRow, at, 'reader', ...values);
    return seq;
  }

  function putRide(ride: number): void {
    const at = startOfDay(day) + 5 * 3_600_000 + Math.floor((ride / rides) * serviceMs);
    const bus = (ride * 7919) % buses;
    const line = `L${bus % lines}`;
    const [from, to] = [ride % stopsOfLine, (ride * 31 + 7) % stopsOfLine];
    const token = Buffer.alloc(8);
    token.writeBigUInt64LE(
      (BigInt(ride % Math.ceil(rides / ridesAMedium)) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn,
    );
    const tap = { bus, line, at, token, from, to, ride };
    if (token[0] !== undefined && token[0] < 128) putCode(tap);
    else putCard(tap);
  }

  function putCode({ bus, line, at, token, from, to, ride }: RideToPut): void {
    const on = [line, 'ride-code', token, 'pass', 'enforced', 1, 0, null, `B${bus}`];
    add(bus, 0, null, at, [...on, `${line}-${from}`, 'on', null, null, null, null, null, null]);
    if (ride % 33 === 0) return;
    add(bus, 1, null, at + 900_000, [...on, `${line}-${to}`, 'off', null, null, null, null, null, null]);
  }

  function putCard({ bus, line, at, token, from, to, ride }: RideToPut): void {
    const turn = Math.floor(ride / Math.ceil(rides / ridesAMedium));
    const card = (fen: number) => [line, 't-union', token, 'pass', 'enforced', 1, fen, 'ordinary', `B${bus}`];
    const [balance, sequence] = [5000 - turn * 150, 10 + turn * 2];
    const end = [null, null, null, null, null];
    const onStop = `${line}-${from}`;
    const on = [...card(0), onStop, 'on', null, null, 800, 'begun', balance, sequence];
    const seq = add(bus, 0, null, at, on);
    add(bus, 0, seq, at + 200, [...card(0), ...end, 'paid', null, null]);
    const off = [...card(150), `${line}-${to}`, 'off', onStop, at, null, 'begun', balance, sequence + 1];
    const offSeq = add(bus, 1, null, at + 900_000, off);
    add(bus, 1, offSeq, at + 900_200, [...card(150), ...end, 'paid', null, null]);
  }

  const rowsAtATime = 100_000;
  for (let from = 0; from < rides; from += rowsAtATime) put(from, Math.min(rides, from + rowsAtATime));
  trips.exec(`
    CREATE INDEX tap_at ON tap (at);
    CREATE INDEX tap_token ON tap (token, at) WHERE token IS NOT NULL;
  `);
  noteReported(trips, seqs, startOfDay(day));
  return seqs.reduce((sum, seq) => sum + seq, 0);
}

interface RideToPut {
  readonly bus: number;
  readonly line: string;
  readonly at: number;
  readonly token: Buffer;
  readonly from: number;
  readonly to: number;
  readonly ride: number;
}

/** Every validator has reported the whole day. */
function noteReported(trips: Database.Database, seqs: Uint32Array, from: number): void {
  const named = trips.prepare('INSERT INTO device (id, name, epoch) VALUES (?, ?, 1)');
  const run = trips.prepare('INSERT INTO run VALUES (?, 1, ?, ?, ?)');
  const post = trips.prepare('INSERT INTO post VALUES (?, ?, ?, ?)');
  const twoDays = 2 * 86_400_000;
  trips.transaction(() => {
    seqs.forEach((seq, device) => {
      if (seq === 0) return;
      named.run(device, `validator-${device}`);
      run.run(device, seq, from, from + twoDays);
      post.run(device, `B${(device - 1) >> 1}`, from, from + twoDays);
    });
  })();
}
