/**
 * Puts notices on the displays and the readers' own lights, and back to the service screen when a notice has been up
 * long enough.
 */
import type { Notice } from './core/notice.ts';
import { serviceNotice, silent, withService } from './core/service-screen.ts';
import type { Parts } from './parts.ts';
import type { CardReader, Display } from './ports.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface NoticeBoard {
  show(notice: Notice): void;
  close(): void;
}

export interface NoticeBoardParts {
  readonly displays: readonly Display[];
  /** Whose own lights and buzzer tell the passenger the same. */
  readonly cardReaders: readonly Pick<CardReader, 'indicate'>[];
  readonly parts: Parts;
  readonly line: string;
  readonly whereabouts: Pick<Whereabouts, 'stop' | 'onChange'>;
}

/** @param noticeMs how long a notice stays */
export function createNoticeBoard(
  { displays, cardReaders, parts, line, whereabouts }: NoticeBoardParts,
  noticeMs: number,
): NoticeBoard {
  let dwell: NodeJS.Timeout | undefined;
  /** What is up, when it is not the service screen. */
  let current: Notice | undefined;

  function put(notice: Notice): void {
    for (const display of displays) display.show(notice[display.audience]);
    const { light, tone } = notice.passenger;
    for (const reader of cardReaders) reader.indicate?.(light, tone);
  }

  function showService(): void {
    current = undefined;
    put(serviceNotice(line, parts.list(), whereabouts.stop()?.name));
  }

  // One passenger after the other would keep what has broken off the screens for as long as they come.
  parts.onChange(() => {
    if (current === undefined) showService();
    else put(silent(withService(current, parts.list())));
  });
  whereabouts.onChange(() => {
    if (current === undefined) showService();
  });
  showService();
  return {
    show(notice) {
      clearTimeout(dwell);
      current = notice;
      put(withService(notice, parts.list()));
      dwell = setTimeout(showService, noticeMs);
    },
    close() {
      clearTimeout(dwell);
      // A screen keeps its last picture: that must not invite anybody once nothing works any more.
      put(serviceNotice(line, []));
    },
  };
}
