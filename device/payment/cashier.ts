/** Takes the fare from a card: the provisional row, the debit, the final row; and first what an earlier purchase left open. */
import { fromHex, toHex } from '../core/bytes.ts';
import { type Decision, notPaid, paidBefore } from '../core/check.ts';
import type { PurseAfter } from '../core/fare-notice.ts';
import type { Pending, PurchaseEnd, PurchaseRefusal } from '../core/purchase/outcome.ts';
import { hasPaidElsewhere } from '../core/purchase/paid-elsewhere.ts';
import { pay } from '../core/purchase/pay.ts';
import { type Settlement, settle } from '../core/purchase/settle.ts';
import type { TapPlace } from '../core/transit-card/ride-update.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { JournalEntry, PurchaseConclusion } from '../journal/journal-row.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Clock } from '../kit/time.ts';
import type { Card } from '../ports.ts';
import { carry } from './carry.ts';
import { isPurchase, type PayingCard, purchaseFor } from './fare-payment.ts';
import type { Psam } from './psam-slot.ts';

/** What became of a tap with a card. */
export type Taken =
  | {
      readonly decision: Decision;
      /** Undefined when the journal did not take it: then nothing was taken from the card either. */
      readonly seq: number | undefined;
      readonly purse?: PurseAfter;
      /** Why the card could not pay. */
      readonly why?: string;
    }
  /** The card left too soon. A purchase that may have been carried out is settled at its next tap. */
  | 'torn';

/** A purchase whose card left after the debit was sent. */
interface Torn {
  readonly row: number;
  readonly decision: Decision;
  readonly purse: PurseAfter;
}

export interface CashierParts {
  readonly psam: Psam;
  readonly journal: Pick<JournalGuard, 'append' | 'conclude' | 'openPurchases'>;
  readonly clock: Clock;
  /** The policy's: 0 where the same card again is a ride again. */
  readonly repeatWindowS: () => number;
  readonly log: Log;
}

export interface Cashier {
  /**
   * Settles what earlier purchases of this card left open, and takes the fare if it is still due.
   * @param tokens the card's, under each key. @param entry the tap's row, without the purchase
   */
  take(
    card: Card,
    tokens: readonly Uint8Array[],
    paying: PayingCard,
    entry: JournalEntry,
    place: Omit<TapPlace, 'terminal'>,
  ): Promise<Taken>;
}

/** For how long a passenger who taps again after a torn tap means that same ride. */
const sameRideMs = 60_000;

export function createCashier({ psam, journal, clock, repeatWindowS, log }: CashierParts): Cashier {
  let torn: Torn | undefined;

  function conclude(
    row: number,
    outcome: 'paid' | 'not-paid' | 'unknown',
    { token, kind }: Pick<JournalEntry, 'token' | 'kind'>,
    tac?: Uint8Array,
    isMacRight?: boolean,
  ) {
    const medium = token && kind && { token, kind };
    return journal.conclude({ at: clock(), row, outcome, tac, isMacRight, medium });
  }

  async function settleOne(
    card: Card,
    open: ReturnType<JournalGuard['openPurchases']>[number],
    medium: PurchaseConclusion['medium'],
  ) {
    const terminal = psam.terminal();
    if (terminal === undefined) return undefined;
    const payee = fromHex(open.terminal) ?? terminal.number;
    const settled = await carry(settle(open, payee, terminal), card, psam);
    if (settled === 'not-kept') return undefined;
    const tac = settled.settled === 'paid' ? settled.tac : undefined;
    const { row, door } = open;
    journal.conclude({ at: clock(), row, door, outcome: settled.settled, tac, medium });
    log.info('purchase-settled', { row, outcome: settled.settled, ...(door !== undefined && { door }) });
    return settled;
  }

  /** @returns how much the card has paid at most, and how */
  async function debit(
    card: Card,
    paying: PayingCard,
    entry: JournalEntry,
    place: Omit<TapPlace, 'terminal'>,
  ) {
    const { decision } = entry;
    const dueFen = decision.fareFen;
    const heldFen = Math.min(dueFen, Math.max(0, paying.data.balanceFen));
    // Getting off is never refused: the purse pays what it has, and nothing if it does not have what it says.
    const lessFen = decision.ride?.step === 'off' ? [heldFen, 0].filter(fen => fen < dueFen) : [];
    let [tried, shortFen] = [await attempt(card, paying, entry, place, dueFen), 0];
    for (const amountFen of new Set(lessFen)) {
      if (!isTooLittle(tried.end)) break;
      if (tried.row !== undefined) conclude(tried.row, 'not-paid', entry);
      shortFen = dueFen - amountFen;
      tried = await attempt(card, paying, { ...entry, shortFen }, place, amountFen);
    }
    return { ...tried, shortFen };
  }

  async function attempt(
    card: Card,
    paying: PayingCard,
    entry: JournalEntry,
    place: Omit<TapPlace, 'terminal'>,
    amountFen: number,
  ): Promise<{ end: PurchaseEnd | 'not-kept'; row: number | undefined }> {
    const terminal = psam.terminal();
    if (terminal === undefined) return { end: refusedByPsam, row: undefined };
    let row: number | undefined;
    function keep(pending: Pending): boolean {
      const purchase = { ...pending, terminal: toHex(terminal?.number ?? new Uint8Array()) };
      row = journal.append({ ...entry, purchase });
      return row !== undefined;
    }
    const end = await carry(pay(purchaseFor(paying, entry, amountFen, place, terminal)), card, psam, keep);
    return { end, row };
  }

  function refuse(entry: JournalEntry, reason: PurchaseRefusal, why: string, row: number | undefined): Taken {
    if (row !== undefined) conclude(row, 'not-paid', entry);
    if (reason === 'unreadable') return 'torn';
    const { decision } = entry;
    // Getting off is never refused: what cannot be paid now is short.
    const isOff = decision.ride?.step === 'off';
    const left = isOff ? { ...decision, fareFen: 0 } : notPaid(decision, reason);
    const seq = journal.append({ ...entry, decision: left, ...(isOff && { shortFen: decision.fareFen }) });
    return { decision: left, seq, why };
  }

  function ended(entry: JournalEntry, end: PurchaseEnd, row: number | undefined, purse: PurseAfter): Taken {
    const { decision } = entry;
    if (end.end === 'refused') {
      if (end.reason === 'psam') psam.tell(end.why);
      return refuse(entry, end.reason, end.why, row);
    }
    psam.tell(undefined);
    if (row === undefined) return { decision, seq: undefined };
    if (end.end === 'unsettled') {
      torn = { row, decision, purse };
      log.warn('purchase-torn', { row, problem: end.why });
      return 'torn';
    }
    if (end.end === 'disproved') {
      conclude(row, 'unknown', entry, end.tac, false);
      return refuse(entry, 'bad-mac', 'the PSAM finds MAC2 wrong', undefined);
    }
    conclude(row, 'paid', entry, end.tac, end.checked ? true : undefined);
    return { decision, seq: row, purse };
  }

  /**
   * Settles what earlier purchases of this card left open.
   * @returns the torn tap that it has paid all the same, within the minute: as it was, or `forgotten` where a restart has forgotten
   * it and where it was made at another door
   */
  async function mend(
    card: Card,
    tokens: readonly Uint8Array[],
    kind: JournalEntry['kind'],
  ): Promise<Torn | 'forgotten' | undefined> {
    const all = tokens.flatMap(token => journal.openPurchases(token).map(open => ({ token, open })));
    for (const { token, open } of all) {
      const settled = await settleOne(card, open, kind && { token, kind });
      const isThisRide = clock() - open.at < sameRideMs;
      if (settled === undefined || !hasPaid(settled) || !isThisRide) continue;
      const known = open.door === undefined && torn?.row === open.row ? torn : undefined;
      torn = undefined;
      return known ?? 'forgotten';
    }
    return undefined;
  }

  async function takeOrMend(
    ...[card, tokens, paying, entry, place]: Parameters<Cashier['take']>
  ): Promise<Taken> {
    const { decision } = entry;
    const mended = await mend(card, tokens, entry.kind);
    if (typeof mended === 'object')
      return { decision: mended.decision, seq: mended.row, purse: mended.purse };
    // A purse may hold too little because it has paid.
    const due = decision.ifPaidBefore ?? decision;
    if (!isPurchase(due)) return { decision, seq: journal.append(entry) };
    const isSingle = due.ride?.step === 'single' && !due.confirmation?.isCompanion;
    const isPaid = mended === 'forgotten' || (isSingle && (await isPaidElsewhere(card, due, entry.at)));
    if (isSingle && isPaid) {
      const paid = paidBefore(due);
      return { decision: paid, seq: journal.append({ ...entry, decision: paid }) };
    }
    if (due !== decision) return { decision, seq: journal.append(entry) };
    const { end, row, shortFen } = await debit(card, paying, entry, place);
    if (end === 'not-kept') return { decision, seq: undefined };
    const balanceFen = paying.data.balanceFen - (decision.fareFen - shortFen);
    return ended(entry, end, row, { balanceFen, shortFen });
  }

  async function isPaidElsewhere(card: Card, { fareFen, ride }: Decision, at: number): Promise<boolean> {
    const terminal = psam.terminal();
    // A compound purchase writes the ride, which has told already.
    const isPlain = ride?.step === 'single' && ride.owedFen === 0;
    if (terminal === undefined || !isPlain) return false;
    return (await carry(hasPaidElsewhere(fareFen, at, repeatWindowS(), terminal), card, psam)) === true;
  }

  return {
    async take(...tap) {
      try {
        return await takeOrMend(...tap);
      } catch (error) {
        // Before the debit a reader's error leaves all as it was.
        if (error instanceof DeviceError) return 'torn';
        throw error;
      }
    },
  };
}

/** A card without a log that has paid once within the minute has paid here: nobody pays the same ride twice. */
function hasPaid(settled: Settlement): boolean {
  return settled.settled === 'paid' || (settled.settled === 'unknown' && settled.hasPaidOnce);
}

function isTooLittle(end: PurchaseEnd | 'not-kept'): boolean {
  return end !== 'not-kept' && end.end === 'refused' && end.reason === 'insufficient-balance';
}

const refusedByPsam: PurchaseEnd = { end: 'refused', reason: 'psam', why: 'there is no PSAM' };
