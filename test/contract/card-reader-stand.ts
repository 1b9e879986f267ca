/** What the cases of a card reader stand on: a reader that is open, what it told, cards held to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../device/kit/errors.ts';
import type { Card, CardReader } from '../../device/ports.ts';
import type { CardFault, InsertedCard, WireCard } from '../../sim/wires/vpcd-card.ts';
import { type TestContext, until } from '../harness.ts';

export interface CardReaderFixture {
  readonly reader: CardReader;
  /** Holds a card to the reader; waits until the reader's side is there to take it. */
  insert(card: WireCard, ...faults: CardFault[]): Promise<InsertedCard>;
}

/** Clean-ups are registered with the context; the contract closes the reader. */
export type MakeFixture = (context: TestContext, apduTimeoutMs: number) => Promise<CardReaderFixture>;

export const atr = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);
export const command = Uint8Array.of(0x00, 0xb0, 0x95, 0x00, 0x02);

/** Answers with the command's last byte, so that an answer tells whose it is. */
export const echoCard: WireCard = {
  atr,
  respond: sent => Uint8Array.of(sent.at(-1) ?? 0, 0x90, 0x00),
};

/** For cards that are to reach the limit; the next card, of a busy machine, does not. */
export const strictLimitMs = 1500;
const neverMs = 600_000;

export interface Seen {
  /** What was told, in order. */
  readonly log: string[];
  /** The nth card inserted, counted from 1. */
  card(nth: number): Promise<Card>;
  removals(count: number): Promise<unknown>;
}

export async function start(context: TestContext, makeFixture: MakeFixture, apduTimeoutMs = neverMs) {
  const { after } = context;
  const fixture = await makeFixture(context, apduTimeoutMs);
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

export function socketCount(): number {
  return process.getActiveResourcesInfo().filter(resource => /^(TCP|Pipe)/.test(resource)).length;
}
