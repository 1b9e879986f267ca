/** One tap: from the card or code at a reader to its journal row, its payment, its notice and its report. */
import { createHash } from 'node:crypto';
import { type Decision, mayBeConfirmed } from '../core/check.ts';
import { type Medium, presentedAs, type TakenMedium } from '../core/medium.ts';
import { holdNotice, noticeFor, outOfServiceNotice, presentAgainNotice } from '../core/notice.ts';
import type { Policy } from '../core/policy.ts';
import { type CodeCheck, type CodeChecker, refuseCode, withoutTime } from '../core/ride-code.ts';
import type { Notice } from '../core/screen.ts';
import type { Presentation, SeenMedia } from '../core/seen.ts';
import type { Stop } from '../core/stop.ts';
import { checkTransitCard } from '../core/transit-card.ts';
import { occasionOf } from '../core/voice.ts';
import type { LinkStore } from '../data-ports.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { JournalEntry } from '../journal/journal-row.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, monotonic as sinceStart } from '../kit/time.ts';
import type { Cashier, Taken } from '../payment/cashier.ts';
import type { Card, CodeRead } from '../ports.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';
import type { CodeRides } from './code-rides.ts';
import { type CheckedMedium, type Considered, createConsidering, type Known } from './considering.ts';
import type { CrewDesk } from './crew-desk.ts';
import type { NoticeBoard } from './notice-board.ts';
import { type ReadCard, readCard } from './read-card.ts';
import { hasGotOn, type Place } from './ride-of.ts';
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
  /** What memory knows a medium by. */
  readonly nameOf: (known: string) => string;
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

/** A card needed for longer says so to its passenger. */
const holdAfterMs = 300;

/** Both read the medium, decide, write the row, take the fare and show the notice, in this order. */
export interface Tap {
  takeCard(reader: string, card: Card): Promise<Presented>;
  takeCode(reader: string, read: CodeRead): Presented;
  /**
   * A tap of nobody's card: looked up and decided as any, and what it writes is no row. Nobody sees it.
   * @returns whether its row would be on the disk now
   */
  rehearse(): boolean;
}

/** No card has this number. */
const nobodysCard: TakenMedium = {
  kind: 't-union',
  account: '0'.repeat(19),
  cardKind: 'ordinary',
  balanceFen: 10_000,
};

export function createTap(parts: TapParts): Tap {
  const { policy, checkCode, journal, cashier, seenMedia, codeRides, crew, board } = parts;
  const { clock, log, monotonic = sinceStart } = parts;
  const { identify, consider, entryOf } = createConsidering(parts);

  /** Where the bus is at this moment. */
  function placeNow(now: number, timeKnown: boolean): Place {
    const { line, bus, door } = parts;
    const along = { route: parts.route(), stops: parts.stops(), stop: parts.stop() };
    return { line, bus, door, ...along, at: timeKnown ? now : Number.NaN };
  }

  /** What follows once the row is written, and the fare taken or not. */
  function finish(
    presented: CheckedMedium,
    known: Known,
    considered: Considered,
    taken: Exclude<Taken, 'torn'>,
  ): TapReport {
    const { reader, startedAt, now, checked, place } = presented;
    const { tokens, ride } = known;
    const { decision, seq, purse } = taken;
    if (seq !== undefined && decision.fareTaken && ride) remember(known, decision, ride, place);
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
      token: tokens[0],
      lastDigits: known.medium?.account.slice(-2),
      seen: considered.seen,
      link: considered.found,
      decision,
      seq,
      notice,
      paidFen: purse && decision.fareFen - purse.shortFen,
      whyNotPaid: taken.why,
    };
    logTap(report, log, place.stop?.id);
    return report;
  }

  function remember(
    { medium, names }: Known,
    { ride: taken }: Decision,
    ride: Presentation,
    { stop }: Place,
  ): void {
    seenMedia.remember(ride);
    if (medium?.kind === 'ride-code' && taken !== undefined)
      codeRides.note({ tokens: names, step: taken.step, stop: stop?.id, at: ride.at });
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
    return { reader, at, confirming: crew.confirm({ card: tokens[0] ?? '' }) };
  }

  function lose(reader: string, byReader = false): LostCard {
    log.info('card-lost', { reader, ...(byReader && { byReader }) });
    board.show(presentAgainNotice(), { name: 'present-again', medium: 'card' });
    return { lost: true, reader, byReader, at: clock.now() };
  }

  async function settleCard(presented: CheckedMedium, card: Card, read: ReadCard): Promise<Presented> {
    const known = identify(presented);
    const byCrew = confirmBy(presented.reader, presented.now, known);
    if (byCrew !== undefined) return byCrew;
    const considered = consider(presented, known, read.ride);
    const entry = entryOf(presented, known, considered.decision);
    const taken = await pay(card, read, known, entry, presented.place);
    return taken === 'torn' ? lose(presented.reader) : finish(presented, known, considered, taken);
  }

  async function pay(
    card: Card,
    { reading, ride: state }: ReadCard,
    known: Known,
    entry: JournalEntry,
    { line, bus, stop, stops, at }: Place,
  ): Promise<Taken> {
    const { decision } = entry;
    if (cashier === undefined || reading.read !== 'card' || known.medium === undefined)
      return { decision, seq: journal.append(entry) };
    const number = stops.findIndex(({ id }) => id === stop?.id) + 1;
    // Where no time is known none is written: it would make two rides of one at getting off.
    const place = { line, bus, at, stop: stop && { id: stop.id, number } };
    return cashier.take(card, known.tokenBytes, { data: reading.card, state }, entry, place);
  }

  async function readAndSettle(reader: string, card: Card): Promise<Presented> {
    const startedAt = monotonic();
    const read = await readCard(card, parts.cardTimeoutMs, cashier !== undefined);
    if (read === 'medium-lost' || read === 'disconnected') return lose(reader, read === 'disconnected');
    const now = clock.now();
    const timeKnown = clock.isKnown();
    const place = placeNow(now, timeKnown);
    const isOnBoard = read.ride !== undefined && hasGotOn(read.ride, place, policy().fare);
    const checked = checkTransitCard(read.reading, place.at, isOnBoard);
    const presented = { reader, startedAt, now, timeKnown, place, checked, codeDigest: undefined };
    return settleCard(presented, card, read);
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
      const place = placeNow(now, timeKnown);
      const presented = { reader, startedAt, now, timeKnown, place, checked, codeDigest };
      const known = identify(presented);
      const byCrew = confirmBy(reader, now, known);
      if (byCrew !== undefined) return byCrew;
      const considered = consider(presented, known, undefined);
      const seq = journal.append(entryOf(presented, known, considered.decision));
      return finish(presented, known, considered, { decision: considered.decision, seq });
    },
    rehearse() {
      const [now, timeKnown] = [clock.now(), clock.isKnown()];
      const checked = { accepted: true, medium: nobodysCard, steps: [] } as const;
      const place = placeNow(now, timeKnown);
      const unread = { reader: '', startedAt: monotonic(), codeDigest: undefined };
      const presented = { ...unread, now, timeKnown, place, checked };
      const known = identify(presented);
      entryOf(presented, known, consider(presented, known, undefined).decision);
      return journal.probe();
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
