/** One tap: from the card or code at a reader to its journal row, its payment, its notice and its report. */
import { createHash } from 'node:crypto';
import { toHex } from '../core/bytes.ts';
import { type Decision, decide, type LinkLookup, mayBeConfirmed, type Seen } from '../core/check.ts';
import { type CheckStep, type Medium, presentedAs, type TakenMedium } from '../core/medium.ts';
import { holdNotice, noticeFor, outOfServiceNotice, presentAgainNotice } from '../core/notice.ts';
import type { Policy } from '../core/policy.ts';
import { type CodeCheck, type CodeChecker, refuseCode, withoutTime } from '../core/ride-code.ts';
import type { Notice } from '../core/screen.ts';
import type { Presentation, SeenMedia } from '../core/seen.ts';
import type { Stop } from '../core/stop.ts';
import type { RideState } from '../core/transit-card/ride-record.ts';
import { checkTransitCard } from '../core/transit-card.ts';
import { occasionOf } from '../core/voice.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { JournalEntry } from '../journal/journal-row.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, monotonic as sinceStart } from '../kit/time.ts';
import type { Cashier, Taken } from '../payment/cashier.ts';
import type { Card, CodeRead, LinkStore } from '../ports.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';
import type { CodeRides } from './code-rides.ts';
import type { CrewDesk } from './crew-desk.ts';
import type { NoticeBoard } from './notice-board.ts';
import { type ReadCard, readCard } from './read-card.ts';
import { type Place, stepOf } from './ride-of.ts';
import {
  type CrewCard,
  codeRead,
  type LostCard,
  logTap,
  type Presented,
  type TapReport,
} from './tap-report.ts';

export interface TapParts {
  readonly line: string;
  /** The bus's own number. */
  readonly bus: string;
  readonly door: Place['door'];
  /** Until which a card must have been read. */
  readonly cardTimeoutMs: number;
  /** The one in force. */
  readonly policy: () => Policy;
  readonly checkCode: CodeChecker;
  readonly links: LinkStore;
  readonly journal: JournalGuard;
  /** Undefined where cards are not debited: their fare is only written down. */
  readonly cashier: Cashier | undefined;
  readonly seenMedia: SeenMedia;
  readonly codeRides: CodeRides;
  readonly crew: Pick<CrewDesk, 'isCrewCard' | 'confirm' | 'confirmationOf' | 'afterTap' | 'hasKey'>;
  readonly board: Pick<NoticeBoard, 'show' | 'hold'>;
  /** Where the bus stands, if that is known. */
  readonly stop: () => Stop | undefined;
  readonly stops: () => readonly Stop[];
  readonly route: () => Place['route'];
  readonly clock: Pick<ValidatorClock, 'now' | 'isKnown' | 'isDoubted' | 'hearCode' | 'rideTaken'>;
  /** For what must not depend on a clock that is set. */
  readonly monotonic?: Clock;
  readonly log: Log;
}

/** A medium that has been read and checked, before its link is looked up. */
interface CheckedMedium {
  readonly reader: string;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly timeKnown: boolean;
  readonly checked: Medium & { readonly steps: readonly CheckStep[] };
  readonly codeDigest: Uint8Array | undefined;
}

/** As whom the validator knows a medium; without a token what it does not take. */
interface Known {
  readonly medium: TakenMedium | undefined;
  readonly token: Uint8Array | undefined;
  readonly ride: Presentation | undefined;
  /** Under every key, the one in use first. */
  readonly tokens: readonly string[];
  readonly tokenBytes: readonly Uint8Array[];
}

/** What was decided, and what it was decided by. */
interface Considered {
  readonly found: LinkLookup | undefined;
  readonly seen: Seen;
  readonly decision: Decision;
}

/** A card needed for longer says so to its passenger. */
const holdAfterMs = 300;

/** Both read the medium, decide, write the row, take the fare and show the notice, in this order. */
export interface Tap {
  takeCard(reader: string, card: Card): Promise<Presented>;
  takeCode(reader: string, read: CodeRead): Presented;
}

export function createTap(parts: TapParts): Tap {
  const { line, bus, door, policy, checkCode, links, journal, cashier, seenMedia, codeRides } = parts;
  const { crew, board, clock, log, monotonic = sinceStart } = parts;

  function identify({ checked, codeDigest, now, startedAt }: CheckedMedium): Known {
    if (!checked.accepted)
      return { medium: undefined, token: undefined, ride: undefined, tokens: [], tokenBytes: [] };
    const { medium } = checked;
    const token = links.tokenOf(medium.kind, medium.account);
    const others = links.otherTokensOf(medium.kind, medium.account);
    const ride = {
      token: toHex(token),
      otherTokens: others.map(toHex),
      codeDigest: codeDigest && toHex(codeDigest),
      at: now,
      monotonicMs: startedAt,
    };
    const tokens = [ride.token, ...ride.otherTokens];
    return { medium, token, ride, tokens, tokenBytes: [token, ...others] };
  }

  /** @param at Unix milliseconds; NaN while the time is not known */
  function placeAt(at: number): Place {
    const place = { line, bus, door, route: parts.route(), stops: parts.stops() };
    return { ...place, stop: parts.stop(), at };
  }

  function consider(presented: CheckedMedium, known: Known, card: RideState | undefined): Considered {
    const { checked, now, timeKnown, startedAt } = presented;
    const { medium, token, ride, tokens } = known;
    const found = token && links.find(token);
    const link = found ?? { unavailable: 'nothing to look up' };
    const seen = ride ? seenMedia.recall(ride) : 'new';
    const confirmation = crew.confirmationOf(tokens, startedAt);
    const place = placeAt(timeKnown ? now : Number.NaN);
    const codeRide = medium?.kind === 'ride-code' ? codeRides.openOf(tokens) : undefined;
    const step = medium && stepOf(medium, place, policy(), { card, codeRide, confirmation });
    const situation = { medium: checked, seen, confirmation, link, policy: policy(), line, now, timeKnown };
    return { found, seen, decision: decide({ ...situation, step }) };
  }

  function entryOf(presented: CheckedMedium, { medium, token }: Known, decision: Decision): JournalEntry {
    const { now: at, reader, codeDigest } = presented;
    const cardKind = medium?.kind === 'ride-code' ? undefined : medium?.cardKind;
    const place = { line, bus, stop: parts.stop()?.id };
    return { at, reader, ...place, kind: medium?.kind, cardKind, token, codeDigest, decision };
  }

  /** What follows once the row is written, and the fare taken or not. */
  function finish(
    presented: CheckedMedium,
    known: Known,
    considered: Considered,
    taken: Exclude<Taken, 'torn'>,
  ): TapReport {
    const { reader, startedAt, now, checked } = presented;
    const { tokens, ride } = known;
    const { decision, seq, purse } = taken;
    if (seq !== undefined && decision.fareTaken && ride) remember(known, decision, ride);
    const link = considered.found ?? { unavailable: 'nothing to look up' };
    const isConfirmable = mayBeConfirmed(decision.verdict, { link, policy: policy(), now });
    if (seq !== undefined) {
      const tap = { tokens, presented: presentedAs(checked), row: seq, atMs: startedAt };
      crew.afterTap({ ...tap, decision, isConfirmable });
    }
    const notice = show(checked, taken, isConfirmable && crew.hasKey());
    const kind = known.medium?.kind ?? (checked.accepted ? 'unknown' : checked.presented);
    const report = {
      reader,
      at: now,
      tookMs: monotonic() - startedAt,
      steps: checked.steps,
      kind,
      token: ride?.token,
      seen: considered.seen,
      link: considered.found,
      decision,
      seq,
      notice,
      paidFen: purse && decision.fareFen - purse.shortFen,
      whyNotPaid: taken.why,
    };
    logTap(report, log, parts.stop()?.id);
    return report;
  }

  function remember({ medium, tokens }: Known, { ride: taken }: Decision, ride: Presentation): void {
    seenMedia.remember(ride);
    if (medium?.kind === 'ride-code' && taken !== undefined)
      codeRides.note(tokens, taken.step, { stop: parts.stop()?.id, at: ride.at });
    clock.rideTaken();
  }

  /** @returns what is shown */
  function show(
    checked: Medium,
    { decision, seq, purse }: Exclude<Taken, 'torn'>,
    canConfirm: boolean,
  ): Notice {
    const medium = checked.accepted ? checked.medium : undefined;
    const isWritten = seq !== undefined;
    const notice = isWritten
      ? noticeFor(decision, medium, policy().cardKindShownTo, canConfirm, purse)
      : outOfServiceNotice();
    const occasion = occasionOf(decision, presentedAs(checked));
    board.show(notice, isWritten ? occasion : { ...occasion, name: 'out-of-service' });
    return notice;
  }

  function confirmBy(reader: string, at: number, { ride, tokens }: Known): CrewCard | undefined {
    if (ride === undefined || !crew.isCrewCard(tokens)) return undefined;
    return { reader, at, confirming: crew.confirm({ card: ride.token }) };
  }

  function lose(reader: string): LostCard {
    log.info('card-lost', { reader });
    board.show(presentAgainNotice(), { name: 'present-again', medium: 'card' });
    return { lost: true, reader, at: clock.now() };
  }

  async function settleCard(presented: CheckedMedium, card: Card, read: ReadCard): Promise<Presented> {
    const known = identify(presented);
    const byCrew = confirmBy(presented.reader, presented.now, known);
    if (byCrew !== undefined) return byCrew;
    const considered = consider(presented, known, read.ride);
    const entry = entryOf(presented, known, considered.decision);
    const taken = await pay(card, read, known, entry);
    return taken === 'torn' ? lose(presented.reader) : finish(presented, known, considered, taken);
  }

  async function pay(card: Card, read: ReadCard, known: Known, entry: JournalEntry): Promise<Taken> {
    const { decision } = entry;
    if (cashier === undefined || read.reading.read !== 'card' || known.medium === undefined)
      return { decision, seq: journal.append(entry) };
    const mended = await cashier.mend(card, known.tokenBytes);
    if (mended !== undefined) return mended;
    const stop = parts.stop();
    const number = stop === undefined ? 0 : parts.stops().findIndex(({ id }) => id === stop.id) + 1;
    const place = { line, bus, at: entry.at, stop: stop && { id: stop.id, number } };
    return cashier.take(card, { data: read.reading.card, state: read.ride }, entry, place);
  }

  async function readAndSettle(reader: string, card: Card): Promise<Presented> {
    const startedAt = monotonic();
    const read = await readCard(card, parts.cardTimeoutMs, cashier !== undefined);
    if (read === 'medium-lost') return lose(reader);
    const now = clock.now();
    const timeKnown = clock.isKnown();
    const checked = checkTransitCard(read.reading, timeKnown ? now : Number.NaN);
    return settleCard({ reader, startedAt, now, timeKnown, checked, codeDigest: undefined }, card, read);
  }

  /** A code is a witness of the time before it is judged by the time. */
  function checkNow(bytes: Uint8Array): CodeCheck {
    const check = checkCode(bytes, clock.now());
    const isClockSet = check.code !== undefined && clock.hearCode(check.code);
    return isClockSet ? checkCode(bytes, clock.now()) : check;
  }

  return {
    async takeCard(reader, card) {
      if (cashier === undefined) return readAndSettle(reader, card);
      let release = () => {};
      const hold = setTimeout(() => {
        release = board.hold(holdNotice());
      }, holdAfterMs);
      try {
        const presented = await readAndSettle(reader, card);
        if ('confirming' in presented) release();
        return presented;
      } finally {
        clearTimeout(hold);
      }
    },
    takeCode(reader, read) {
      const startedAt = monotonic();
      const found = 'bytes' in read ? checkNow(read.bytes) : refuseRead(read);
      const now = clock.now();
      const timeKnown = clock.isKnown();
      const checked = timeKnown && !clock.isDoubted() ? found : withoutTime(found);
      const codeDigest = 'bytes' in read && checked.accepted ? digest(read.bytes) : undefined;
      const presented = { reader, startedAt, now, timeKnown, checked, codeDigest };
      const known = identify(presented);
      const byCrew = confirmBy(reader, now, known);
      if (byCrew !== undefined) return byCrew;
      const considered = consider(presented, known, undefined);
      const seq = journal.append(entryOf(presented, known, considered.decision));
      return finish(presented, known, considered, { decision: considered.decision, seq });
    },
  };
}

function refuseRead({ refused, why = refused }: Exclude<CodeRead, { bytes: Uint8Array }>) {
  return refuseCode(refused, [{ check: codeRead, ok: false, detail: why }]);
}

/** Enough of a code to know it again. */
function digest(code: Uint8Array): Uint8Array {
  return createHash('sha256').update(code).digest().subarray(0, 8);
}
