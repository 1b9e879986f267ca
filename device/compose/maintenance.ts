/** What technicians look after a validator with: counters, self-tests, files to take away, and the way to end it. */
import { openCounters } from '../counters/counters.ts';
import { createJournalClerk } from '../journal/clerk.ts';
import type { Log, LogBook } from '../kit/log.ts';
import { startAnew, stayDown } from '../kit/process.ts';
import { monotonic } from '../kit/time.ts';
import { maintenanceFiles, markReset, resetPlaces } from '../maintenance/factory-reset.ts';
import type { Maintenance } from '../maintenance/maintenance.ts';
import { createNightly } from '../maintenance/nightly.ts';
import { createOutbox } from '../maintenance/outbox.ts';
import { createSelftest } from '../maintenance/selftest.ts';
import { stepsOf } from '../maintenance/steps.ts';
import { type FarEnd, farEndOf } from '../network/network.ts';
import { createNewestTaps } from '../tap/newest-taps.ts';
import type { NoticeBoard } from '../tap/notice-board.ts';
import type { WatchedUplink } from '../uplink/uplink-watch.ts';
import type { Validator } from '../validator.ts';
import type { Run } from './devices.ts';
import type { Stores } from './stores.ts';

interface Known extends Stores {
  readonly version: string;
  readonly board: NoticeBoard;
  readonly validator: Pick<Validator, 'onTap'>;
  readonly uplink: Pick<WatchedUplink, 'state'> | undefined;
}

const minuteMs = 60_000;

export function openMaintenance(
  { config, drivers, closers, log }: Run & { readonly log: Log & { readonly book: LogBook } },
  { version, board, validator, ...known }: Known,
): Maintenance {
  const { cardReaders, codeReaders, displays, speakers } = drivers;
  const files = maintenanceFiles(config.journal);
  const clock = known.time.now;
  const clerk = createJournalClerk(config.journal);
  const farEnds = farEndsOf(config);
  const steps = () => stepsOf({ ...known, file: config.journal, clerk, farEnds });
  const selftest = createSelftest({ file: files.selftest, version, steps, clock, log });
  const counters = openCounters({ file: files.counters, log, clock });
  const newestTaps = createNewestTaps();
  let lastTapAt: number | undefined;
  const stopListening = validator.onTap(presented => {
    lastTapAt = monotonic();
    newestTaps.note(presented);
    if ('decision' in presented) counters.tap(presented.decision.verdict.verdict);
  });
  const { isKnown } = known.time;
  const times = { clock, isTimeKnown: isKnown, lastTapAt: () => lastTapAt, monotonic };
  const nightly = createNightly({ selftest, ...times, log });
  const timer = setInterval(() => void nightly.look(), minuteMs);
  closers.push(stopListening, counters.close, nightly.stop, () => clearInterval(timer));
  return {
    devices: { cardReaders, codeReaders: codeReaders.all, displays, speakers },
    board,
    book: log.book,
    newestTaps,
    counters,
    clerk,
    outbox: createOutbox(files.outbox, config.device, clock),
    selftest,
    farEnds,
    supervisor: { startAnew, stayDown },
    factoryReset: { ...resetPlaces(config), mark: () => markReset(resetPlaces(config)) },
  };
}

function farEndsOf({ feed, uplink }: Run['config']): FarEnd[] {
  const ends = [
    ...(feed === undefined ? [] : [farEndOf('feed', feed.url)]),
    ...[uplink?.url ?? []].flat().map(url => farEndOf('uplink', url)),
  ];
  return ends.filter(end => end !== undefined);
}
