/** What the card reader contract's cases stand on: a reader that is open, what it told, cards held to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../device/errors.ts';
import type { Card, CardReader } from '../../device/ports.ts';
import type { CardFault, InsertedCard, WireCard } from '../../sim/wires/vpcd-card.ts';
import { type TestContext, until } from '../harness.ts';

export interface CardReaderFixture {
  readonly reader: CardReader;
  /** Holds a card to the reader; waits until the reader's side is there to take it. */
  insert(card: WireCard, ...faults: CardFault[]): Promise<InsertedCard>;
  close(): Promise<void>;
}

export type CreateFixture = (apduTimeoutMs: number) => Promise<CardReaderFixture>;

export const atr = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);
export const command = Uint8Array.of(0x00, 0xb0, 0x95, 0x00, 0x02);

/** Answers with the command's last byte, so that an answer tells whose it is. */
export const echoCard: WireCard = {
  atr,
  respond: sent => Uint8Array.of(sent.at(-1) ?? 0, 0x90, 0x00),
};

export const shortLimitMs = 100;

export interface Seen {
  /** What was told, in order. */
  readonly log: string[];
  /** The nth card inserted, counted from 1. */
  card(nth: number): Promise<Card>;
  removals(count: number): Promise<unknown>;
}

export async function start({ after }: TestContext, createFixture: CreateFixture, apduTimeoutMs = 2000) {
  const fixture = await createFixture(apduTimeoutMs);
  after(() => fixture.close());
  after(() => fixture.reader.close());
  const cards: Card[] = [];
  const log: string[] = [];
  let ready = false;
  fixture.reader.open({
    ready: () => {
      ready = true;
    },
    fault: error => log.push(`fault ${error.kind}`),
    inserted: card => {
      cards.push(card);
      log.push('inserted');
    },
    removed: () => log.push('removed'),
  });
  await until('the reader to be ready', () => ready);
  const seen: Seen = {
    log,
    card: nth => until(`card ${nth}`, () => cards[nth - 1]),
    removals: count =>
      until(`${count} removals`, () => log.filter(entry => entry === 'removed').length === count),
  };
  const insert: CardReaderFixture['insert'] = async (card, ...faults) => {
    const held = await fixture.insert(card, ...faults);
    after(() => held.remove());
    return held;
  };
  return { fixture, insert, seen };
}

export async function assertNextCardWorks(insert: CardReaderFixture['insert'], seen: Seen): Promise<void> {
  await insert(echoCard);
  const card = await seen.card(2);
  assert.equal([...(await card.transmit(command))], [0x02, 0x90, 0x00]);
  assert.equal(seen.log, ['inserted', 'removed', 'inserted']);
}

export async function takeAway(held: InsertedCard, emptyFieldMs: number | undefined): Promise<void> {
  if (emptyFieldMs === undefined) return;
  await held.remove();
  await sleep(emptyFieldMs);
}

export async function rejectsWith(kind: DeviceErrorKind, answer: Promise<unknown>): Promise<void> {
  const thrown = await answer.then(
    () => assert.unreachable('the command was answered'),
    (error: unknown) => error,
  );
  assert.instance(thrown, DeviceError);
  assert.is((thrown as DeviceError).kind, kind);
}

export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let done = false;
  const finished = work.then(() => {
    done = true;
  });
  await until(`an end within ${limitMs} ms`, () => done, limitMs);
  await finished;
}

export function socketCount(): number {
  return process.getActiveResourcesInfo().filter(resource => /^(TCP|Pipe)/.test(resource)).length;
}
