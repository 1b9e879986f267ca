/**
 * A city whose truth is known: purses that really hold money, passengers who ride, tear their cards off, forget to tap, and
 * validators that lose their power. It writes journals as the firmware does, and knows to the fen what everybody has paid.
 */
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { fullFen, minute, morning, mostFen, row, stops, token } from './rows.ts';

type Random = () => number;

export interface ModelCity {
  /** Each validator's rows, in their order. */
  readonly journals: ReadonlyMap<string, Journal>;
  readonly rides: number;
  readonly unfinished: number;
  /** What purses have really paid, and codes should be charged. */
  readonly paidFen: { readonly 't-union': number; readonly bmac: number; readonly 'ride-code': number };
  /** Days since 1970 in Beijing, all on which somebody rode. */
  readonly days: readonly number[];
}

export interface Journal {
  readonly length: number;
  /** Made each time: all at once they would fill the memory. */
  slice(from: number, to: number): readonly TapRow[];
}

interface Written {
  readonly at: number;
  readonly rest: Partial<TapRow>;
  /** The tap whose purchase it ends. */
  readonly ends: Written | undefined;
  seq: number;
}

interface Card {
  readonly number: number;
  balance: number;
  sequence: number;
  open:
    | { readonly at: number; readonly stop: number; readonly bus: string; readonly mostFen: number }
    | undefined;
}

const dayMs = 24 * 60 * minute;
const buses = 12;

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function modelCity(rides: number, seed: number): ModelCity {
  const random = randomFrom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const journals = new Map<string, Written[]>();
  const paidFen = { 't-union': 0, bmac: 0, 'ride-code': 0 };
  const days = new Set<number>();
  let unfinished = 0;
  let counted = 0;

  function write(bus: string, door: string, at: number, rest: Partial<TapRow>, ends?: Written): Written {
    const written: Written = { at, rest: { bus, ...rest }, ends, seq: 0 };
    const name = `${bus}-${door}`;
    const journal = journals.get(name) ?? [];
    journals.set(name, journal);
    journal.push(written);
    return written;
  }

  /** @returns whether the card has paid; a card or a validator may not know */
  function debit(
    bus: string,
    door: string,
    at: number,
    card: Card,
    amountFen: number,
    rest: Partial<TapRow>,
  ): boolean {
    const who = { kind: rest.kind ?? 't-union', token: token(card.number), card_kind: 'ordinary' };
    const begun = {
      fare_taken: 1,
      fare_fen: amountFen,
      purchase: 'begun',
      balance_fen: card.balance,
    } as const;
    const tap = write(bus, door, at, { ...who, ...begun, card_sequence: card.sequence, ...rest });
    const fate = random();
    const isPaid = fate >= 0.02;
    if (isPaid) {
      card.balance -= amountFen;
      card.sequence++;
      paidFen[who.kind] += amountFen;
    }
    const end = { ...who, event: 'purchase', fare_taken: 1 } as const;
    // Killed before the end could be written, or torn so that nobody knows.
    if (fate < 0.01 || (fate >= 0.02 && fate < 0.03)) return isPaid;
    const purchase = isPaid ? (fate < 0.04 ? 'unknown' : 'paid') : 'not-paid';
    write(bus, door, at + 300, { ...end, purchase }, tap);
    return isPaid;
  }

  /** Again and again, as passengers do, until it is paid. */
  function tapUntilPaid(at: number, tap: (at: number) => boolean): number {
    let time = at;
    while (!tap(time)) time += 3000;
    return time;
  }

  function rideByCard(card: Card, bus: string, from: number, to: number, at: number): void {
    if (random() < 0.1 || card.balance < 3000) card.balance += 5000;
    const owed = card.open?.mostFen ?? 0;
    if (card.open !== undefined) unfinished++;
    const onAt = tapUntilPaid(at, time => {
      const on = { step: 'on', stop: stops[from] ?? '', most_fen: mostFen(from), owed_fen: owed } as const;
      return debit(bus, 'front', time, card, owed, on);
    });
    card.open = { at: onAt, stop: from, bus, mostFen: mostFen(from) };
    if (random() < 0.05) return;
    tapUntilPaid(onAt + 10 * minute + below(30) * minute, time => {
      const fare = fullFen(Math.abs(to - from) * 4 - 10) / 2;
      const began = { on_stop: stops[from] ?? '', on_at: onAt - (onAt % 1000) };
      return debit(bus, 'rear', time, card, fare, {
        step: 'off',
        stop: stops[to] ?? '',
        verdict: 'alighted',
        ...began,
      });
    });
    card.open = undefined;
  }

  function rideByCode(number: number, bus: string, from: number, to: number, at: number): void {
    const who = {
      kind: 'ride-code',
      token: token(number),
      code_digest: new Uint8Array(8),
      fare_taken: 1,
    } as const;
    write(bus, 'front', at, { ...who, step: 'on', stop: stops[from] ?? '' });
    if (random() < 0.1) write(bus, 'rear', at + 20_000, { ...who, step: 'off', stop: stops[from] ?? '' });
    if (random() < 0.05) {
      unfinished++;
      paidFen['ride-code'] += mostFen(from);
      return;
    }
    const off = at + 10 * minute + below(30) * minute;
    write(bus, 'rear', off, { ...who, step: random() < 0.3 ? 'on' : 'off', stop: stops[to] ?? '' });
    paidFen['ride-code'] += fullFen(Math.abs(to - from) * 4 - 10) / 2;
  }

  const codes = Math.ceil(rides / 8);
  const cards: Card[] = Array.from({ length: codes }, (_, i) => ({
    ...{ number: i, balance: 5000 + below(5000), sequence: below(1000), open: undefined },
  }));
  const old: Card[] = Array.from({ length: codes }, (_, i) => ({
    ...{ number: 10_000_000 + i, balance: 20_000, sequence: below(1000), open: undefined },
  }));
  /** Passengers ride one after the other, each some six hours after their last ride: now and then over midnight. */
  for (let i = 0; i < rides; i++) {
    const at = morning + Math.floor(i / codes) * 6 * 60 * minute + below(60) * minute + below(minute);
    const [from, to, bus] = [below(10), below(10), `A${below(buses)}`];
    const who = i % codes;
    const kind = random();
    counted++;
    days.add(Math.floor((at + 8 * 60 * minute) / dayMs));
    if (kind < 0.45) rideByCard(cards[who] as Card, bus, from, to, at);
    else if (kind < 0.9) rideByCode(20_000_000 + who, bus, from, to, at);
    else {
      const card = old[who] as Card;
      if (card.balance < 1000) card.balance += 5000;
      const single = { kind: 'bmac', step: 'single', stop: stops[from] ?? '', card_kind: 'unknown' } as const;
      tapUntilPaid(at, time => debit(bus, 'front', time, card, 100, single));
    }
  }
  return { ...ended(), rides: counted, paidFen, days: [...days].sort((a, b) => a - b), unfinished };

  /** Two days later every card is tapped once more at a bus that is right, and every validator says something. */
  function ended() {
    const last = Math.max(...days) * dayMs + 2 * dayMs;
    let at = last;
    for (const card of [...cards, ...old]) {
      const kind = card.number < 10_000_000 ? 't-union' : 'bmac';
      const who = {
        kind,
        token: token(card.number),
        card_kind: 'ordinary',
        verdict: 'invalid',
        reason: 'denied',
      } as const;
      write(`A${card.number % buses}`, 'front', at++, {
        ...who,
        balance_fen: card.balance,
        card_sequence: card.sequence,
      });
      if (card.open !== undefined) unfinished++;
    }
    for (const name of [...journals.keys()]) {
      const [bus = '', door = ''] = name.split('-');
      write(bus, door, last + dayMs, { verdict: 'invalid', reason: 'unreadable' });
    }
    return { journals: new Map([...journals].map(([name, written]) => [name, numbered(written)])) };
  }
}

/** As a validator writes them: one after the other. */
function numbered(written: readonly Written[]): Journal {
  const inOrder = written.toSorted((a, b) => a.at - b.at);
  inOrder.forEach((each, i) => {
    each.seq = i + 1;
  });
  return {
    length: inOrder.length,
    slice: (from, to) =>
      inOrder
        .slice(from, to)
        .map(({ seq, at, rest, ends }) => row(seq, at, { ...rest, of_row: ends?.seq ?? null })),
  };
}
