/** What a row of the journal is made of: a tap, and the end of its purchase. */
import type { Confirmation, Decision } from '../core/check.ts';
import type { CardKind, MediumKind } from '../core/medium.ts';
import type { Pending } from '../core/purchase/outcome.ts';
import type { JournalColumns } from './row-text.ts';

export interface JournalEntry {
  /** Unix milliseconds */
  readonly at: number;
  readonly reader: string;
  readonly line: string;
  /** The bus's own number. */
  readonly bus?: string;
  /** stop_id; undefined where the bus does not know it. */
  readonly stop?: string | undefined;
  /** Undefined when nothing of ours was read. */
  readonly kind: MediumKind | undefined;
  readonly cardKind?: CardKind | undefined;
  readonly token: Uint8Array | undefined;
  readonly codeDigest: Uint8Array | undefined;
  readonly decision: Decision;
  /** A debit follows: this row is on the disk before it. */
  readonly purchase?: BegunPurchase | undefined;
  /** What a purse could not pay at getting off. */
  readonly shortFen?: number;
  /** `at` is by a clock that nothing vouches for. */
  readonly isClockUnknown?: boolean;
}

export interface BegunPurchase extends Pending {
  /** The PSAM's number, 12 digits */
  readonly terminal: string;
}

/** How a purchase ended, as far as it is known. */
export interface PurchaseConclusion {
  /** Unix milliseconds */
  readonly at: number;
  /** The tap's number in the journal. */
  readonly row: number;
  /** The device whose journal that is; undefined where it is this one's. */
  readonly door?: string | undefined;
  readonly outcome: 'paid' | 'not-paid' | 'unknown';
  /** 4 bytes */
  readonly tac?: Uint8Array | undefined;
  /** What the PSAM says of MAC2; undefined where it did not say. */
  readonly isMacRight?: boolean | undefined;
  /** The card's token, as the tap's row has it, and its kind; undefined where nobody knows any more. */
  readonly medium?: { readonly token: Uint8Array; readonly kind: MediumKind } | undefined;
}

/** The columns that a tap fills, in the order of `tapValues`. */
const tapColumns = [
  'at',
  'reader',
  'line',
  'kind',
  'token',
  'code_digest',
  'verdict',
  'reason',
  'phase',
  'fare_taken',
  'fare_fen',
  'checked_row',
  'checked_by',
  'card_kind',
  'bus',
  'stop',
  'step',
  'on_stop',
  'on_at',
  'most_fen',
  'owed_fen',
  'short_fen',
  'purchase',
  'balance_fen',
  'card_sequence',
  'terminal',
  'terminal_sequence',
  'clock',
] as const;

/** The row of a tap, but for its number. */
export function tapRow(entry: JournalEntry): JournalColumns {
  const values = tapValues(entry);
  return { event: 'tap', ...Object.fromEntries(tapColumns.map((column, i) => [column, values[i] ?? null])) };
}

/** The row that says how a purchase ended: the tap's own has all the rest. */
export function endRow({ at, row, outcome, tac, isMacRight, medium }: PurchaseConclusion): JournalColumns {
  const checked = isMacRight === undefined ? null : Number(isMacRight);
  const { token = null, kind = null } = medium ?? {};
  return {
    event: 'purchase',
    at,
    of_row: row,
    purchase: outcome,
    kind,
    token,
    tac: tac ?? null,
    mac_checked: checked,
  };
}

function tapValues(entry: JournalEntry) {
  const { at, reader, line, kind, token, codeDigest, decision } = entry;
  const { verdict, phase, fareTaken, fareFen, confirmation } = decision;
  const reason = 'reason' in verdict ? verdict.reason : 'status' in verdict ? verdict.status : null;
  const medium = [kind ?? null, token ?? null, codeDigest ?? null];
  const fare = [phase, fareTaken ? 1 : 0, entry.purchase?.amountFen ?? fareFen];
  const decided = [verdict.verdict, reason, ...fare, ...checkOf(confirmation)];
  return [at, reader, line, ...medium, ...decided, ...rideOf(entry), ...purchaseOf(entry), clockOf(entry)];
}

function clockOf({ isClockUnknown = false }: JournalEntry) {
  return isClockUnknown ? 'doubtful' : null;
}

function checkOf(confirmation: Confirmation | undefined) {
  if (confirmation === undefined) return [null, null];
  const { row, by } = confirmation;
  return [row, typeof by === 'string' ? by : by.card];
}

function rideOf({ cardKind, bus, stop, decision: { ride }, shortFen }: JournalEntry) {
  const place = [cardKind ?? null, bus ?? null, stop ?? null];
  const on = ride?.step === 'off' ? ride.on : undefined;
  const onAt = on === undefined || Number.isNaN(on.at) ? null : on.at;
  const mostFen = ride?.step === 'on' ? ride.mostFen : null;
  const owedFen = ride !== undefined && 'owedFen' in ride && ride.owedFen > 0 ? ride.owedFen : null;
  return [...place, ride?.step ?? null, on?.stop ?? null, onAt, mostFen, owedFen, shortFen || null];
}

function purchaseOf({ purchase }: JournalEntry) {
  if (purchase === undefined) return [null, null, null, null, null];
  const { balanceFen, sequence, terminal, terminalSequence } = purchase;
  return ['begun', balanceFen, sequence, terminal, terminalSequence];
}
