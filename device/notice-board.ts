/** Puts notices on the displays, and back to the service screen when a notice has been up long enough. */
import type { Notice } from './core/notice.ts';
import { serviceNotice } from './core/service-screen.ts';
import type { Parts } from './parts.ts';
import type { Display } from './ports.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface NoticeBoard {
  show(notice: Notice): void;
  close(): void;
}

/** @param noticeMs how long a notice stays */
export function createNoticeBoard(
  displays: readonly Display[],
  parts: Parts,
  line: string,
  noticeMs: number,
  whereabouts: Pick<Whereabouts, 'stop' | 'onChange'>,
): NoticeBoard {
  let dwell: NodeJS.Timeout | undefined;

  function put(notice: Notice): void {
    for (const display of displays) display.show(notice[display.audience]);
  }

  function showService(): void {
    dwell = undefined;
    put(serviceNotice(line, parts.list(), whereabouts.stop()?.name));
  }

  function refresh(): void {
    if (dwell === undefined) showService();
  }

  parts.onChange(refresh);
  whereabouts.onChange(refresh);
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
