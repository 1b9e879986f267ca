/**
 * A purchase (消费; PBOC, JT/T 978): compound (复合消费), the card writes the ride and pays the fare at once, or does neither; or
 * plain, it pays.
 *
 * A coroutine: it yields commands for the card and for the PSAM and is resumed with their responses, and what must be on the
 * disk before the debit. Between the card's SELECT and the debit there is no reset and no other SELECT: a phone shows its tick
 * when it is deselected, whatever became of the purchase.
 */
import { beijingTimeBytes } from '../beijing-time.ts';
import { uintBe, uintBytes } from '../bytes.ts';
import type { ApduResponse } from '../transit-card/apdu.ts';
import type { Broken } from '../transit-card/exchange.ts';
import type { PurseIdentity } from '../transit-card/reading.ts';
import { busRecord, rideStateFile } from '../transit-card/ride-record.ts';
import { ok } from '../transit-card/status.ts';
import {
  creditSam,
  debitForPurchase,
  initializeForPurchase,
  initSam,
  type PurchaseType,
  purchaseTypes,
  type Terminal,
  updateCache,
} from './commands.ts';
import { isWhole, type PurchaseDialogue, toCard, toPsam, wordsOf } from './dialogue.ts';
import { type Pending, type PurchaseEnd, refused, refusedByCard } from './outcome.ts';

export interface Purchase {
  readonly amountFen: number;
  /** Unix milliseconds, a time */
  readonly at: number;
  readonly terminal: Terminal;
  readonly card: PurseIdentity;
  /** What is written with it: a compound purchase's; undefined for a plain one. */
  readonly ride: RideWriting | undefined;
}

export interface RideWriting {
  /** Record 2 of file 1A from now on, 128 bytes */
  readonly state: Uint8Array;
  /** For file 1E, 48 bytes. @param balanceFen after the purchase */
  readonly record: (balanceFen: number) => Uint8Array;
}

const rideRecordFile = 0x1e;

/** What the card has begun. */
interface Begun extends Pick<Pending, 'amountFen' | 'balanceFen' | 'sequence'> {
  readonly random: Uint8Array;
  readonly keyVersion: number;
  readonly algorithm: number;
}

/**
 * A reader's or a PSAM's error may be thrown into it. Before the debit the reader's comes out again: then nothing has happened.
 * From the debit on it ends as `unsettled` or, if only the PSAM's check is missing, as paid.
 */
export function* pay(purchase: Purchase): PurchaseDialogue<PurchaseEnd> {
  const { amountFen, terminal } = purchase;
  const type = typeOf(purchase);
  const opened = yield* toCard(initializeForPurchase(type, amountFen, terminal));
  if (!isWhole(opened, 15)) return refusedByCard('INITIALIZE FOR PURCHASE', opened);
  const begun = begunOf(opened.data, amountFen);
  const time = beijingTimeBytes(purchase.at);
  const authorised = yield* authorise(initSam(samOrder(begun, time, purchase)));
  if (!isWhole(authorised, 8)) return refused('psam', wordsOf('the PSAM', authorised));
  const [terminalSequence, mac1] = [authorised.data.subarray(0, 4), authorised.data.subarray(4, 8)];
  for (const update of updatesOf(begun, purchase)) {
    const held = yield* toCard(update);
    if (!isWhole(held, 0)) return refusedByCard('UPDATE CAPP DATA CACHE', held);
  }
  const { balanceFen, sequence } = begun;
  const pending = { type, amountFen, balanceFen, sequence, terminalSequence: uintBe(terminalSequence, 0, 4) };
  yield { keep: pending };
  return yield* debit(debitForPurchase(terminalSequence, time, mac1), pending);
}

/** A PSAM that does not answer is no fault of the card's. */
function* authorise(command: Uint8Array): PurchaseDialogue<ApduResponse | Broken> {
  try {
    return yield* toPsam(command);
  } catch (error) {
    return { broken: String(error) };
  }
}

function* debit(command: Uint8Array, pending: Pending): PurchaseDialogue<PurchaseEnd> {
  let answer: ApduResponse | Broken;
  try {
    answer = yield* toCard(command);
  } catch (error) {
    return { end: 'unsettled', ...pending, why: String(error) };
  }
  if ('broken' in answer) return { end: 'unsettled', ...pending, why: answer.broken };
  if (!isWhole(answer, 8)) {
    const refusal = refusedByCard('DEBIT', answer);
    // The card has decided: what it refuses has not been paid. A failure is no decision.
    return refusal.reason === 'unreadable' ? { end: 'unsettled', ...pending, why: refusal.why } : refusal;
  }
  const [tac, mac2] = [answer.data.slice(0, 4), answer.data.subarray(4, 8)];
  const check = yield* checkedByPsam(mac2);
  if (check === 'wrong') return { end: 'disproved', ...pending, tac };
  return { end: 'paid', ...pending, tac, checked: check === 'right' };
}

function* checkedByPsam(mac2: Uint8Array): PurchaseDialogue<'right' | 'wrong' | 'unknown'> {
  try {
    const answer = yield* toPsam(creditSam(mac2));
    if ('broken' in answer) return 'unknown';
    if (answer.status === 0x9302) return 'wrong';
    return answer.status === ok ? 'right' : 'unknown';
  } catch {
    return 'unknown';
  }
}

function begunOf(opened: Uint8Array, amountFen: number): Begun {
  return {
    amountFen,
    balanceFen: uintBe(opened, 0, 4),
    sequence: uintBe(opened, 4, 2),
    keyVersion: opened[9] ?? 0,
    algorithm: opened[10] ?? 0,
    random: opened.slice(11, 15),
  };
}

/** What the PSAM makes MAC1 of. */
function samOrder(begun: Begun, time: Uint8Array, purchase: Purchase): readonly Uint8Array[] {
  const { random, sequence, amountFen, keyVersion, algorithm } = begun;
  const { number, issuer } = purchase.card;
  const money = [uintBytes(amountFen, 4), Uint8Array.of(purchaseTypes[typeOf(purchase)])];
  const keys = Uint8Array.of(keyVersion, algorithm);
  return [random, uintBytes(sequence, 2), ...money, time, keys, number, issuer];
}

function updatesOf({ balanceFen, amountFen }: Begun, { ride }: Purchase): Uint8Array[] {
  if (ride === undefined) return [];
  return [
    updateCache(rideStateFile, busRecord, ride.state),
    updateCache(rideRecordFile, 0, ride.record(balanceFen - amountFen)),
  ];
}

function typeOf({ ride }: Purchase): PurchaseType {
  return ride === undefined ? 'plain' : 'compound';
}
