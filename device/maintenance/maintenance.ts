/** What the console's commands look after a validator with; composed in compose/maintenance.ts. */
import type { Counters } from '../counters/counters.ts';
import type { JournalClerk } from '../journal/clerk.ts';
import type { LogBook } from '../kit/log.ts';
import type { FarEnd } from '../network/network.ts';
import type { CardReader, CodeReader, Display, Speaker } from '../ports.ts';
import type { NewestTaps } from '../tap/newest-taps.ts';
import type { NoticeBoard } from '../tap/notice-board.ts';
import type { Outbox } from './outbox.ts';
import type { Selftest } from './selftest.ts';

export interface Maintenance {
  readonly devices: {
    readonly cardReaders: readonly Pick<CardReader, 'name' | 'slots'>[];
    readonly codeReaders: readonly Pick<CodeReader, 'name' | 'sight' | 'picture'>[];
    readonly displays: readonly Pick<Display, 'name' | 'audience'>[];
    readonly speakers: readonly Pick<Speaker, 'name' | 'audience'>[];
  };
  readonly board: Pick<NoticeBoard, 'tryOut' | 'trySaying'>;
  readonly book: LogBook;
  readonly newestTaps: Pick<NewestTaps, 'list'>;
  readonly counters: Pick<Counters, 'now'>;
  readonly clerk: JournalClerk;
  readonly outbox: Outbox;
  readonly selftest: Selftest;
  /** Where feed and back office should answer. */
  readonly farEnds: readonly FarEnd[];
  /** The ways to end the process; both in order. */
  readonly supervisor: { startAnew(): void; stayDown(): void };
  readonly factoryReset: {
    readonly deleted: readonly string[];
    readonly kept: readonly string[];
    /** The next start carries it out. @throws the system's error */
    mark(): Promise<void>;
  };
}
