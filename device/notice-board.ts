/** Puts notices on the displays and the readers' own lights, and back to the service screen when a notice has been up long enough. */
import type { Notice } from './core/notice.ts';
import { serviceNotice } from './core/service-screen.ts';
import type { Parts } from './parts.ts';
import type { CardReader, Display } from './ports.ts';

export interface NoticeBoard {
  show(notice: Notice): void;
  close(): void;
}

/** @param noticeMs how long a notice stays */
export function createNoticeBoard(
  displays: readonly Display[],
  readers: readonly Pick<CardReader, 'indicate'>[],
  parts: Parts,
  line: string,
  noticeMs: number,
): NoticeBoard {
  let dwell: NodeJS.Timeout | undefined;

  function put(notice: Notice): void {
    for (const display of displays) display.show(notice[display.audience]);
    const { light, tone } = notice.passenger;
    for (const reader of readers) reader.indicate?.(light, tone);
  }

  function showService(): void {
    dwell = undefined;
    put(serviceNotice(line, parts.list()));
  }

  parts.onChange(() => {
    if (dwell === undefined) showService();
  });
  showService();
  return {
    show(notice) {
      clearTimeout(dwell);
      put(notice);
      dwell = setTimeout(showService, noticeMs);
    },
    close() {
      clearTimeout(dwell);
      // A screen keeps its last picture: that must not invite anybody once nothing works any more.
      put(serviceNotice(line, []));
    },
  };
}
