/** Reads the rows of a while from the trips, one medium after the other, so that a city's day needs no more memory than its busiest passenger. */
import type Database from 'better-sqlite3';
import type { Tap } from './ride-entry.ts';

/**
 * Rows of earlier firmware know neither bus nor step: each ride of theirs was one tap. The second tap of a ride that the crew has
 * confirmed is none of its own. A code that is refused at one door may be getting off, which that door does not know.
 */
const step = `CASE WHEN step IS NULL AND bus IS NULL AND fare_taken = 1 AND (checked_row IS NULL OR fare_fen > 0)
  THEN 'single'
  WHEN step IS NULL AND bus IS NOT NULL AND kind = 'ride-code' AND fare_taken = 0 AND verdict <> 'repeat' THEN 'refused'
  ELSE step END`;
const columns = [
  ...[
    'id',
    'of_row',
    'at',
    'line',
    'kind',
    'hex(token)',
    'fare_fen',
    'card_kind',
    'bus',
    'stop',
    step,
    'on_stop',
    'on_at',
  ],
  ...['most_fen', 'owed_fen', 'short_fen', 'purchase', 'balance_fen', 'card_sequence'],
].join(', ');

/** As the columns are, in their order. */
type Values = readonly [
  id: Tap['id'],
  ofRow: Tap['ofRow'],
  at: Tap['at'],
  line: Tap['line'],
  kind: Tap['kind'],
  token: Tap['token'],
  fareFen: Tap['fareFen'],
  cardKind: Tap['cardKind'],
  bus: Tap['bus'],
  stop: Tap['stop'],
  step: Tap['step'],
  onStop: Tap['onStop'],
  onAt: Tap['onAt'],
  mostFen: Tap['mostFen'],
  owedFen: Tap['owedFen'],
  shortFen: Tap['shortFen'],
  purchase: Tap['purchase'],
  balanceFen: Tap['balanceFen'],
  cardSequence: Tap['cardSequence'],
];

/** Objects that SQLite's binding makes take twice the time of the whole settlement. */
function tapOf(values: Values): Tap {
  return {
    id: values[0],
    ofRow: values[1],
    at: values[2],
    line: values[3],
    kind: values[4],
    token: values[5],
    fareFen: values[6],
    cardKind: values[7],
    bus: values[8],
    stop: values[9],
    step: values[10],
    onStop: values[11],
    onAt: values[12],
    mostFen: values[13],
    owedFen: values[14],
    shortFen: values[15],
    purchase: values[16],
    balanceFen: values[17],
    cardSequence: values[18],
  };
}

export interface TapReader {
  /** Each medium's rows, in the order of time. @param from, to Unix milliseconds; `to` is beyond */
  byMedium(from: number, to: number): Iterable<readonly Tap[]>;
  /** Backwards from there. @param token 16 hex digits */
  before(token: string, at: number): Iterable<Tap>;
  /** From there on. */
  after(token: string, at: number): Iterable<Tap>;
}

export function createTapReader(trips: Database.Database): TapReader {
  const prepare = <P extends unknown[]>(sql: string) => trips.prepare<P, Values>(sql).raw();
  // The other index would keep the order of tokens, and lead through all days there are.
  const all = prepare<[number, number]>(
    `SELECT ${columns} FROM tap INDEXED BY tap_at WHERE at >= ? AND at < ? AND token IS NOT NULL AND kind IS NOT NULL
     ORDER BY token, at, id`,
  );
  const ofToken = (how: string) =>
    prepare<[Buffer, number]>(
      `SELECT ${columns} FROM tap INDEXED BY tap_token WHERE token = ? AND kind IS NOT NULL AND ${how} LIMIT ${mostRead}`,
    );
  const before = ofToken('at < ? ORDER BY at DESC, id DESC');
  const after = ofToken('at >= ? ORDER BY at, id');
  return {
    *byMedium(from, to) {
      let group: Tap[] = [];
      for (const values of all.iterate(from, to)) {
        const tap = tapOf(values);
        if (group[0] !== undefined && group[0].token !== tap.token) {
          yield group;
          group = [];
        }
        group.push(tap);
      }
      if (group.length > 0) yield group;
    },
    before: (token, at) => taps(before.iterate(Buffer.from(token, 'hex'), at)),
    after: (token, at) => taps(after.iterate(Buffer.from(token, 'hex'), at)),
  };
}

function* taps(rows: Iterable<Values>): Iterable<Tap> {
  for (const values of rows) yield tapOf(values);
}

/** No passenger taps so often in all the days that a token lives. */
const mostRead = 1000;
