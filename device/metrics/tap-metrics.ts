/** Metrics of the taps: how many, what came of them, how long they took. */
import { Counter, Histogram, type Registry } from 'prom-client';
import { verdicts } from '../core/verdict-names.ts';
import type { Presented } from '../tap/tap-report.ts';
import type { Validator } from '../validator.ts';

/** A label has only values that are known beforehand: what comes from outside makes no series. */
export const mediumLabels = ['t-union', 'bmac', 'ride-code', 'unknown'] as const;
type MediumLabel = (typeof mediumLabels)[number];

/** Why a card could not be read to its end. */
const cardErrors = ['left', 'unreadable', 'unsupported'] as const;

/** Around the limits of a tap: most take some ms, a card 100 to 300, and after 0.7 s it is unreadable. */
const durationBucketsS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2.5];

const mediumOf = (kind: string): MediumLabel => mediumLabels.find(label => label === kind) ?? 'unknown';

/** @returns ends the counting */
export function countTaps(registers: Registry[], { onTap }: Pick<Validator, 'onTap'>): () => void {
  const taps = new Counter({
    name: 'fare_validator_taps_total',
    help: 'Media taken, by what came of them.',
    labelNames: ['verdict', 'medium'],
    registers,
  });
  const durations = new Histogram({
    name: 'fare_validator_tap_duration_seconds',
    help: 'From a medium being presented to its notice, the journal’s fsync included.',
    labelNames: ['medium'],
    buckets: durationBucketsS,
    registers,
  });
  const failed = new Counter({
    name: 'fare_validator_card_errors_total',
    help: 'Cards that were not read to the end: the passenger was asked to present them again, or another one.',
    labelNames: ['reason'],
    registers,
  });
  const readerFailed = new Counter({
    name: 'fare_validator_reader_errors_total',
    help: 'Cards that were not read to the end because the reader failed: no fault of theirs.',
    registers,
  });
  const notJournaled = new Counter({
    name: 'fare_validator_taps_not_journaled_total',
    help: 'Media for which no row could be written, so that no ride was taken.',
    registers,
  });
  // From the first scrape on each series is there: what begins at 1 has no rate.
  for (const medium of mediumLabels) {
    durations.zero({ medium });
    for (const verdict of verdicts) taps.inc({ verdict, medium }, 0);
  }
  for (const reason of cardErrors) failed.inc({ reason }, 0);

  return onTap((report: Presented) => {
    if ('lost' in report) {
      if (report.byReader) readerFailed.inc();
      else failed.inc({ reason: 'left' });
    }
    if (!('decision' in report)) return;
    const { decision, kind, seq, tookMs } = report;
    const { verdict } = decision;
    const medium = mediumOf(kind);
    taps.inc({ verdict: verdict.verdict, medium });
    durations.observe({ medium }, tookMs / 1000);
    if (seq === undefined) notJournaled.inc();
    const isCard = verdict.verdict === 'invalid' && verdict.presented === 'card';
    const reason = isCard && cardErrors.find(known => known === verdict.reason);
    if (reason) failed.inc({ reason });
  });
}
