/** The shell: one presented medium at a time, from reader to notice. */
import { createHash } from 'node:crypto';
import { readCard } from './card-session.ts';
import type { ValidatorClock } from './clock.ts';
import { toHex } from './core/bytes.ts';
import { type Decision, decide, type LinkLookup, type Seen } from './core/check.ts';
import type { CheckStep, Medium } from './core/medium.ts';
import { type Notice, noticeFor, outOfServiceNotice, presentAgainNotice } from './core/notice.ts';
import type { Policy } from './core/policy.ts';
import { type CodeChecker, refuseCode, withoutTime } from './core/ride-code.ts';
import type { SeenMedia } from './core/seen.ts';
import type { Stop } from './core/stop.ts';
import { checkTransitCard } from './core/transit-card.ts';
import type { JournalGuard } from './journal-guard.ts';
import type { Log } from './log.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { Card, CardReaderEvents, CodeRead, CodeReaderEvents, DeviceEvents, LinkStore } from './ports.ts';

export interface ValidatorParts {
  readonly line: string;
  /** The one in force. */
  readonly policy: () => Policy;
  readonly checkCode: CodeChecker;
  readonly links: LinkStore;
  readonly journal: JournalGuard;
  readonly seenMedia: SeenMedia;
  readonly board: NoticeBoard;
  /** Where the bus stands, where that is known; for the log. */
  readonly stop: () => Stop | undefined;
  readonly clock: Pick<ValidatorClock, 'now' | 'isKnown' | 'rideTaken'>;
  readonly log: Log;
}

/** All that happened to one presented medium; for the console's `explain`. No account in it. */
export interface TapReport {
  readonly reader: string;
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

export interface Validator {
  cardEvents(reader: string, part: DeviceEvents): CardReaderEvents;
  codeEvents(reader: string, part: DeviceEvents): CodeReaderEvents;
  /** @returns a function that ends the listening */
  onTap(listener: (report: TapReport | LostCard) => void): () => void;
  /** Resolves when what was being read has its notice. */
  idle(): Promise<void>;
}

type Checked = Medium & { readonly steps: readonly CheckStep[] };

/** Media of one reader that wait behind the one being taken; of more, the newest count. */
const maxWaiting = 4;

interface Waiting {
  readonly reader: string;
  take(): Promise<void> | void;
}

export function createValidator(parts: ValidatorParts): Validator {
  const { line, policy, checkCode, links, journal, seenMedia, board, stop, clock, log } = parts;
  const listeners = new Set<(report: TapReport | LostCard) => void>();
  const waiting: Waiting[] = [];
  let taking: Promise<void> | undefined;
  let dropping = false;

  /** One medium after the other, so that the journal's order is the passengers' order. */
  function enqueue(presented: Waiting): void {
    waiting.push(presented);
    const ofReader = waiting.filter(({ reader }) => reader === presented.reader);
    const [oldest] = ofReader;
    if (oldest !== undefined && ofReader.length > maxWaiting) {
      waiting.splice(waiting.indexOf(oldest), 1);
      // Once for each queue that overflows: a babbling reader must not fill the log.
      if (!dropping) log.warn('presentations-dropped', { reader: presented.reader });
      dropping = true;
    }
    taking ??= takeAll();
  }

  async function takeAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.take();
    taking = undefined;
    dropping = false;
  }

  async function takeCard(reader: string, card: Card): Promise<void> {
    const started = performance.now();
    const reading = await readCard(card);
    if (reading === 'medium-lost') {
      log.info('card-lost', { reader });
      board.show(presentAgainNotice());
      for (const listener of listeners) listener({ lost: true, reader, at: clock.now() });
      return;
    }
    const now = clock.now();
    const timeKnown = clock.isKnown();
    const checked = checkTransitCard(reading, timeKnown ? now : Number.NaN);
    settle({ reader, started, now, timeKnown, checked, codeDigest: undefined });
  }

  function takeCode(reader: string, read: CodeRead): void {
    const started = performance.now();
    const now = clock.now();
    const timeKnown = clock.isKnown();
    const found = 'bytes' in read ? checkCode(read.bytes, now) : refuseRead(read.refused);
    const checked = timeKnown ? found : withoutTime(found);
    const codeDigest = 'bytes' in read && checked.accepted ? digest(read.bytes) : undefined;
    settle({ reader, started, now, timeKnown, checked, codeDigest });
  }

  function settle({ reader, started, now, timeKnown, checked, codeDigest }: Presented): void {
    const taken = checked.accepted ? checked.medium : undefined;
    const token = taken && links.tokenOf(taken.kind, taken.account);
    const ride = token && { token: toHex(token), codeDigest: codeDigest && toHex(codeDigest), at: now };
    const link = token && links.find(token);
    const before = ride ? seenMedia.look(ride) : 'new';
    const decision = decide({
      medium: checked,
      seen: before,
      link: link ?? { unavailable: 'nothing to look up' },
      policy: policy(),
      line,
      now,
      timeKnown,
    });
    const seq = journal.append({ at: now, reader, line, kind: taken?.kind, token, codeDigest, decision });
    if (seq !== undefined && decision.fareTaken && ride) {
      seenMedia.remember(ride);
      clock.rideTaken();
    }
    const notice = seq === undefined ? outOfServiceNotice() : noticeFor(decision, taken);
    board.show(notice);
    const tookMs = performance.now() - started;
    const kind = taken?.kind ?? (checked.accepted ? 'unknown' : checked.presented);
    logTap({ reader, kind, seq, decision, tookMs });
    const steps = checked.steps;
    const report = {
      reader,
      at: now,
      tookMs,
      steps,
      kind,
      token: ride?.token,
      seen: before,
      link,
      decision,
      seq,
      notice,
    };
    for (const listener of listeners) listener(report);
  }

  function logTap(tap: Pick<TapReport, 'reader' | 'kind' | 'seq' | 'decision' | 'tookMs'>): void {
    const { reader, kind, seq, decision } = tap;
    const tookMs = Math.round(tap.tookMs * 10) / 10;
    const at = stop();
    const place = at === undefined ? {} : { stop: at.id };
    if (seq === undefined) {
      const refusal = { verdict: 'cannot-verify', reason: 'out-of-service', fareTaken: false };
      log.error('tap', { reader, kind, ...refusal, tookMs, ...place });
    } else {
      const { verdict, phase, fareTaken, fareFen } = decision;
      log.info('tap', { seq, reader, kind, ...verdict, phase, fareTaken, fareFen, tookMs, ...place });
    }
  }

  return {
    cardEvents: (reader, part) => ({
      ...part,
      inserted: card => enqueue({ reader, take: () => takeCard(reader, card) }),
      removed: () => log.debug('card-removed', { reader }),
    }),
    codeEvents: (reader, part) => ({
      ...part,
      presented: code => enqueue({ reader, take: () => takeCode(reader, code) }),
    }),
    onTap(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    idle: () => taking ?? Promise.resolve(),
  };
}

interface Presented {
  readonly reader: string;
  /** performance.now() */
  readonly started: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly timeKnown: boolean;
  readonly checked: Checked;
  readonly codeDigest: Uint8Array | undefined;
}

function refuseRead(reason: 'malformed' | 'several-codes') {
  return refuseCode(reason, [{ check: 'code read', ok: false, detail: reason }]);
}

/** Enough of a code to know it again. */
function digest(code: Uint8Array): Uint8Array {
  return createHash('sha256').update(code).digest().subarray(0, 8);
}
