/** One tap: from the card or code at a reader to its journal row, its notice and its report. */
import { createHash } from 'node:crypto';
import { toHex } from '../core/bytes.ts';
import { type Decision, decide, type LinkLookup, mayBeConfirmed, type Seen } from '../core/check.ts';
import type { Confirming } from '../core/crew-check.ts';
import { type CheckStep, type Medium, presentedAs } from '../core/medium.ts';
import { noticeFor, outOfServiceNotice, presentAgainNotice } from '../core/notice.ts';
import type { Policy } from '../core/policy.ts';
import { type CodeCheck, type CodeChecker, refuseCode, withoutTime } from '../core/ride-code.ts';
import type { Notice } from '../core/screen.ts';
import type { SeenMedia } from '../core/seen.ts';
import type { Stop } from '../core/stop.ts';
import { checkTransitCard } from '../core/transit-card.ts';
import { occasionOf } from '../core/voice.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { Log } from '../kit/log.ts';
import type { Card, CodeRead, LinkStore } from '../ports.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';
import { type CrewDesk, meansOf } from './crew-desk.ts';
import type { NoticeBoard } from './notice-board.ts';
import { readCard } from './read-card.ts';

export interface TapParts {
  readonly line: string;
  /** Until which a card must have been read. */
  readonly cardTimeoutMs: number;
  /** The one in force. */
  readonly policy: () => Policy;
  readonly checkCode: CodeChecker;
  readonly links: LinkStore;
  readonly journal: JournalGuard;
  readonly seenMedia: SeenMedia;
  readonly crew: Pick<CrewDesk, 'isCrewCard' | 'confirm' | 'confirmationOf' | 'afterTap' | 'hasKey'>;
  readonly board: Pick<NoticeBoard, 'show'>;
  /** Where the bus stands, if that is known; for the log. */
  readonly stop: () => Stop | undefined;
  readonly clock: Pick<ValidatorClock, 'now' | 'isKnown' | 'isDoubted' | 'hearCode' | 'rideTaken'>;
  readonly log: Log;
}

/** All that happened to one presented medium; for the console's `explain`. No account is in it. */
export interface TapReport {
  readonly reader: string;
  /** Unix milliseconds */
  readonly at: number;
  readonly tookMs: number;
  readonly steps: readonly CheckStep[];
  readonly kind: string;
  readonly token: string | undefined;
  readonly seen: Seen;
  readonly link: LinkLookup | undefined;
  readonly decision: Decision;
  /** Undefined when the journal did not take it. */
  readonly seq: number | undefined;
  readonly notice: Notice;
}

/** A card that left while it was being read: no ride, nothing journaled. */
export interface LostCard {
  readonly lost: true;
  readonly reader: string;
  readonly at: number;
}

/** A crew card: it confirms another medium, and is no ride itself. Nothing is journaled before that medium's next tap. */
export interface CrewCard {
  readonly reader: string;
  readonly at: number;
  readonly confirming: Confirming;
}

export type Presented = TapReport | LostCard | CrewCard;

/** A medium that has been read and checked, before its link is looked up. */
interface CheckedMedium {
  readonly reader: string;
  /** performance.now() */
  readonly startedAt: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly timeKnown: boolean;
  readonly checked: Medium & { readonly steps: readonly CheckStep[] };
  readonly codeDigest: Uint8Array | undefined;
}

/** Both read the medium, decide, write the row and show the notice, in this order. */
export interface Tap {
  takeCard(reader: string, card: Card): Promise<Presented>;
  takeCode(reader: string, read: CodeRead): Presented;
}

export function createTap(parts: TapParts): Tap {
  const { line, cardTimeoutMs, policy, checkCode, links, journal, seenMedia, crew, board, clock, log } =
    parts;

  /** As whom the validator knows it: `ride` and `token` are undefined for what it does not take. */
  function identify({ checked, codeDigest, now, startedAt }: CheckedMedium) {
    if (!checked.accepted) return { medium: undefined, token: undefined, ride: undefined, tokens: [] };
    const { medium } = checked;
    const token = links.tokenOf(medium.kind, medium.account);
    const ride = {
      token: toHex(token),
      otherTokens: links.otherTokensOf(medium.kind, medium.account).map(toHex),
      codeDigest: codeDigest && toHex(codeDigest),
      at: now,
      monotonicMs: startedAt,
    };
    return { medium, token, ride, tokens: [ride.token, ...ride.otherTokens] };
  }

  /** @returns what is shown */
  function show(decision: Decision, checked: Medium, isWritten: boolean, canConfirm: boolean): Notice {
    const medium = checked.accepted ? checked.medium : undefined;
    const notice = isWritten
      ? noticeFor(decision, medium, policy().cardKindShownTo, canConfirm)
      : outOfServiceNotice();
    const occasion = occasionOf(decision, presentedAs(checked));
    board.show(notice, isWritten ? occasion : { ...occasion, name: 'out-of-service' });
    return notice;
  }

  function settle(presented: CheckedMedium): TapReport | CrewCard {
    const { reader, startedAt, now, timeKnown, checked, codeDigest } = presented;
    const { medium, token, ride, tokens } = identify(presented);
    if (ride !== undefined && crew.isCrewCard(tokens)) {
      return { reader, at: now, confirming: crew.confirm({ card: ride.token }) };
    }
    const found = token && links.find(token);
    const link = found ?? { unavailable: 'nothing to look up' };
    const seen = ride ? seenMedia.recall(ride) : 'new';
    const confirmation = crew.confirmationOf(tokens, startedAt);
    const known = { link, policy: policy(), now };
    const decision = decide({ medium: checked, seen, confirmation, line, timeKnown, ...known });
    const seq = journal.append({ at: now, reader, line, kind: medium?.kind, token, codeDigest, decision });
    if (seq !== undefined && decision.fareTaken && ride) {
      seenMedia.remember(ride);
      clock.rideTaken();
    }
    const isConfirmable = mayBeConfirmed(decision.verdict, known);
    if (seq !== undefined) {
      const tap = { tokens, presented: presentedAs(checked), row: seq, atMs: startedAt };
      crew.afterTap({ ...tap, decision, isConfirmable });
    }
    const notice = show(decision, checked, seq !== undefined, isConfirmable && crew.hasKey());
    const kind = medium?.kind ?? (checked.accepted ? 'unknown' : checked.presented);
    const tookMs = performance.now() - startedAt;
    const { steps } = checked;
    const report = {
      reader,
      at: now,
      tookMs,
      steps,
      kind,
      token: ride?.token,
      seen,
      link: found,
      decision,
      seq,
      notice,
    };
    logTap(report, parts);
    return report;
  }

  /** A code is a witness of the time before it is judged by the time. */
  function checkNow(bytes: Uint8Array): CodeCheck {
    const check = checkCode(bytes, clock.now());
    const isClockSet = check.code !== undefined && clock.hearCode(check.code);
    return isClockSet ? checkCode(bytes, clock.now()) : check;
  }

  return {
    async takeCard(reader, card) {
      const startedAt = performance.now();
      const reading = await readCard(card, cardTimeoutMs);
      const now = clock.now();
      if (reading === 'medium-lost') {
        log.info('card-lost', { reader });
        board.show(presentAgainNotice(), { name: 'present-again', medium: 'card' });
        return { lost: true, reader, at: now };
      }
      const timeKnown = clock.isKnown();
      const checked = checkTransitCard(reading, timeKnown ? now : Number.NaN);
      return settle({ reader, startedAt, now, timeKnown, checked, codeDigest: undefined });
    },
    takeCode(reader, read) {
      const startedAt = performance.now();
      const found = 'bytes' in read ? checkNow(read.bytes) : refuseRead(read);
      const now = clock.now();
      const timeKnown = clock.isKnown();
      const checked = timeKnown && !clock.isDoubted() ? found : withoutTime(found);
      const codeDigest = 'bytes' in read && checked.accepted ? digest(read.bytes) : undefined;
      return settle({ reader, startedAt, now, timeKnown, checked, codeDigest });
    },
  };
}

function logTap({ reader, kind, seq, decision, ...report }: TapReport, { log, stop }: TapParts): void {
  const tookMs = Math.round(report.tookMs * 10) / 10;
  const at = stop();
  const place = at === undefined ? {} : { stop: at.id };
  if (seq === undefined) {
    const refusal = { verdict: 'cannot-verify', reason: 'out-of-service', fareTaken: false };
    log.error('tap', { reader, kind, ...refusal, tookMs, ...place });
  } else {
    const { verdict, phase, fareTaken, fareFen } = decision;
    const why = whyNotRead(report.steps);
    const { confirmation } = decision;
    const checked = confirmation && { checkedBy: meansOf(confirmation.by), checkedRow: confirmation.row };
    const fare = { fareTaken, fareFen };
    log.info('tap', { seq, reader, kind, ...verdict, ...why, ...checked, phase, ...fare, tookMs, ...place });
  }
}

/** What a card said or how it failed, where it could not be read: the reason alone does not tell a technician. */
function whyNotRead(steps: readonly CheckStep[]): { readonly why?: string } {
  const read = steps.find(({ check, ok }) => !ok && (check === 'card read' || check === codeRead));
  return read === undefined || read.detail === 'malformed' || read.detail === 'several-codes'
    ? {}
    : { why: read.detail };
}

const codeRead = 'code read';

function refuseRead({ refused, why = refused }: Exclude<CodeRead, { bytes: Uint8Array }>) {
  return refuseCode(refused, [{ check: codeRead, ok: false, detail: why }]);
}

/** Enough of a code to know it again. */
function digest(code: Uint8Array): Uint8Array {
  return createHash('sha256').update(code).digest().subarray(0, 8);
}
