/**
 * Puts notices on the displays and the readers' own lights, has them said aloud, and puts back the service screen when a notice
 * has been up long enough.
 */
import type { Prompt } from '../core/prompt.ts';
import type { Occasion } from '../core/prompt-table.ts';
import type { Audience, Notice, Screen } from '../core/screen.ts';
import { serviceNotice, silent, withService } from '../core/service-screen.ts';
import type { Voice } from '../core/voice.ts';
import type { Parts } from '../parts.ts';
import type { CardReader, Display, Speaker } from '../ports.ts';
import type { Whereabouts } from '../time-and-place/whereabouts.ts';

export interface NoticeBoard {
  /** @param occasion what it is about: the policy says what is said aloud */
  show(notice: Notice, occasion: Occasion): void;
  /** Until the next notice; nothing is said aloud. @returns puts back what was there before */
  hold(notice: Notice): () => void;
  /** The passengers' screen stays as it is, and as long as it would have. Nothing is said aloud. */
  showCrew(screen: Screen): void;
  /**
   * What a technician tries out: only between passengers, whose next notice takes its place. Nothing is said aloud.
   * @returns ends it before its time; undefined while a passenger's notice is up
   */
  tryOut(notice: Notice, ms: number): (() => void) | undefined;
  /** Only between passengers. @returns whether the speakers of this audience have been asked to say it */
  trySaying(audience: Audience, prompt: Prompt): boolean;
  close(): void;
}

export interface NoticeBoardParts {
  readonly displays: readonly Display[];
  /** Their own lights and buzzers tell the passenger the same. */
  readonly cardReaders: readonly Pick<CardReader, 'indicate'>[];
  readonly speakers: readonly Pick<Speaker, 'audience' | 'play'>[];
  /** What is said now on an occasion. */
  readonly voice: (occasion: Occasion) => Voice;
  readonly parts: Parts;
  readonly line: string;
  readonly whereabouts: Pick<Whereabouts, 'stop' | 'onChange'>;
}

/** @param noticeMs how long a notice stays */
export function createNoticeBoard(
  { displays, cardReaders, speakers, voice, parts, line, whereabouts }: NoticeBoardParts,
  noticeMs: number,
): NoticeBoard {
  let dwell: NodeJS.Timeout | undefined;
  /** The notice on the screens; undefined while they show the service screen. */
  let current: Notice | undefined;
  /** The last that is nobody's: a technician's. */
  let triedOut: Notice | undefined;
  /** A card is needed, and its passenger told so. */
  let isHolding = false;

  function put(notice: Notice): void {
    for (const display of displays) display.show(notice[display.audience]);
    const { light, tone } = notice.passenger;
    for (const reader of cardReaders) void reader.indicate?.(light, tone);
  }

  /** A passenger is told something. */
  function isTaken(): boolean {
    return isHolding || (current !== undefined && current !== triedOut);
  }

  function idle(): Notice {
    return serviceNotice(line, parts.list(), whereabouts.stop()?.name);
  }

  function say(occasion: Occasion): void {
    const said = voice(occasion);
    for (const speaker of speakers) {
      const prompt = said[speaker.audience];
      if (prompt !== undefined) speaker.play(prompt);
    }
  }

  function showService(): void {
    current = undefined;
    put(idle());
  }

  // While passengers come one after the other, a new fault must still reach the screens.
  parts.onChange(() => {
    if (current === undefined) showService();
    else put(silent(withService(current, parts.list())));
  });
  whereabouts.onChange(() => {
    if (current === undefined) showService();
  });
  showService();
  return {
    show(notice, occasion) {
      clearTimeout(dwell);
      isHolding = false;
      current = notice;
      put(withService(notice, parts.list()));
      say(occasion);
      dwell = setTimeout(showService, noticeMs);
    },
    hold(notice) {
      isHolding = true;
      put(withService(notice, parts.list()));
      return () => {
        isHolding = false;
        put(silent(withService(current ?? idle(), parts.list())));
      };
    },
    showCrew(crew) {
      if (current === undefined) dwell = setTimeout(showService, noticeMs);
      current = { passenger: (current ?? idle()).passenger, crew };
      const { crew: screen } = withService(current, parts.list());
      for (const display of displays) if (display.audience === 'crew') display.show(screen);
    },
    tryOut(notice, ms) {
      if (isTaken()) return undefined;
      clearTimeout(dwell);
      current = notice;
      triedOut = notice;
      put(notice);
      dwell = setTimeout(showService, ms);
      return () => {
        if (current !== notice) return;
        clearTimeout(dwell);
        showService();
      };
    },
    trySaying(audience, prompt) {
      if (isTaken()) return false;
      const heard = speakers.filter(speaker => speaker.audience === audience);
      for (const speaker of heard) speaker.play(prompt);
      return heard.length > 0;
    },
    close() {
      clearTimeout(dwell);
      // A screen keeps its last picture, which must not invite passengers when nothing works any more.
      put(serviceNotice(line, []));
    },
  };
}
