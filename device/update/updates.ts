/**
 * New firmware on this validator: what the feed's thread has brought into the spare slot is put on trial at night, and a firmware
 * on trial is judged, and confirmed or given up.
 */

import type { FirmwareNews } from '../data-ports.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, everySecond, monotonic } from '../kit/time.ts';
import type { Parts } from '../parts.ts';
import type { DeviceEvents } from '../ports.ts';
import { readBoot, writeBoot } from './boot-file.ts';
import { beginTrial, confirm, giveUp, type Slot, type Trial, uncountStart } from './boot-record.ts';
import { type NightSettings, whyNotNow } from './night.ts';
import { createJudge, type Signs } from './trial.ts';

export interface UpdateSettings extends NightSettings {
  readonly confirmWithinS: number;
}

export interface UpdateParts {
  /** The firmware's directory. */
  readonly directory: string;
  /** The one that this process was started from. */
  readonly slot: Slot;
  readonly settings: UpdateSettings;
  /** Unix milliseconds; undefined where no time is believed. */
  readonly knownTime: () => number | undefined;
  readonly parts: Pick<Parts, 'add' | 'list'>;
  /** Of the journal; undefined while it cannot be used. */
  readonly lastSeq: () => number | undefined;
  readonly feedAnswered: () => boolean;
  readonly answerTap: Signs['answerTap'];
  readonly log: Log;
  /** Ends the process in order, so that it is started again. */
  readonly restart: () => void;
  /** The monotonic clock unless given. */
  readonly age?: Clock;
}

export interface Updates {
  /** What the feed's thread tells of new firmware. */
  hear(news: FirmwareNews): void;
  /** The slot, and what was given up since, as semver's build metadata. */
  readonly label: string;
  close(): void;
}

type Staged = Extract<FirmwareNews, { kind: 'staged' }>;

/** Faults of the network come and go; whether the feed answers is judged apart. */
const ofTheWorld: readonly string[] = ['feed', 'uplink', 'bus-link', 'firmware'];
const mostStarts = 3;

export function openUpdates(about: UpdateParts): Updates {
  const { directory, slot, settings, log, restart, age = monotonic } = about;
  const part = about.parts.add('firmware', 'firmware');
  const startedAt = age();
  const begun = readBoot(directory);
  const trial = begun.trial?.slot === slot ? begun.trial : undefined;
  const judge = trial && createJudge(trial);
  const failed = begun.rolledBack ? begun.failed.at(-1) : undefined;
  let isJudged = trial === undefined;
  let staged: Staged | undefined;
  let tapSeen = { seq: about.lastSeq(), at: startedAt };
  let wait = '';

  function faults(): string[] {
    const broken = about.parts.list().filter(({ kind, working }) => !working && !ofTheWorld.includes(kind));
    return broken.map(({ kind, name }) => `${kind} ${name}`);
  }

  function judgeNow(judged: Trial): void {
    const settled = about.parts.list().every(({ problem }) => problem !== 'starting');
    const signs = {
      settled,
      faults: faults(),
      feedAnswered: about.feedAnswered(),
      answerTap: about.answerTap,
    };
    const verdict = judge?.(age() - startedAt, signs) ?? { kind: 'wait' };
    if (verdict.kind === 'wait') return;
    isJudged = true;
    const { version } = judged;
    if (verdict.kind === 'good') {
      writeBoot(directory, confirm(readBoot(directory)));
      log.info('firmware-confirmed', { version, slot });
      return;
    }
    writeBoot(directory, giveUp(readBoot(directory), verdict.why, about.knownTime() ?? Date.now()));
    log.error('firmware-rolled-back', { version, slot, problem: verdict.why });
    restart();
  }

  function switchIfQuiet({ version, sha256, attempt, slot: next }: Staged): void {
    wait = whyNotNow(settings, { now: about.knownTime(), idleMs: age() - tapSeen.at }) ?? '';
    if (wait !== '') return;
    const record = readBoot(directory);
    // Another process of this directory is none of ours.
    if (record.trial !== undefined || record.use === next) return;
    const begins = {
      ...{ slot: next, version, sha256, attempt, mostStarts },
      confirmWithinMs: settings.confirmWithinS * 1000,
      faultsBefore: faults(),
      feedAnswered: about.feedAnswered(),
    };
    writeBoot(directory, beginTrial(record, begins));
    staged = undefined;
    log.info('firmware-switch', { version, slot: next });
    restart();
  }

  function lookForTaps(): void {
    const seq = about.lastSeq();
    if (seq !== tapSeen.seq) tapSeen = { seq, at: age() };
  }

  function look(): void {
    try {
      lookForTaps();
      if (trial !== undefined && !isJudged) judgeNow(trial);
      else if (staged !== undefined) switchIfQuiet(staged);
    } catch (error) {
      // The next second tries again; the launcher's thread ends a trial in any case.
      isJudged = trial === undefined;
      part.fault(new DeviceError('storage', 'firmware', `${directory}: ${messageOf(error)}`, error));
      return;
    }
    tellNote(part);
  }

  function tellNote({ note, ready }: DeviceEvents): void {
    ready();
    if (trial !== undefined && !isJudged) note?.(`firmware ${trial.version} is on trial`);
    else if (staged !== undefined) note?.(`firmware ${staged.version} is ready: ${wait}`);
    else if (failed !== undefined) note?.(`firmware ${failed.version} was given up: ${failed.why}`);
    else note?.('');
  }

  if (failed !== undefined)
    log.warn('firmware-given-up', { version: failed.version, problem: failed.why, at: failed.at });
  tellNote(part);
  const stopLooking = everySecond(look);
  return {
    label: [slot, ...(failed ? ['rolled-back', failed.version.replace(/[^0-9A-Za-z-]/g, '-')] : [])].join(
      '.',
    ),
    hear(news) {
      if (news.kind === 'staged') {
        staged = news;
        log.info('firmware-staged', { version: news.version, slot: news.slot });
      } else if (news.kind === 'withdrawn') staged = undefined;
      else if (news.kind === 'delayed')
        log.info('firmware-delayed', { version: news.version, problem: news.why });
      else log.warn('firmware-refused', { version: news.version, problem: news.why });
    },
    close() {
      stopLooking();
      // Stopped by somebody before it could be judged: that start says nothing of it.
      if (trial !== undefined && !isJudged) writeBoot(directory, uncountStart(readBoot(directory)));
    },
  };
}
