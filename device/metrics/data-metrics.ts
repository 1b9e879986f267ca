/** Metrics of the data: health codes and links on the bus, the feed, the journal and how far its rows have come. */
import { Gauge, type Registry } from 'prom-client';
import type { MetricsContext } from './context.ts';
import type { QueueWatch } from './queue-watch.ts';

type Reading = readonly [name: string, help: string, read: () => number];

export function tellData(
  registers: Registry[],
  { links, feed, uplink, journal, time, monotonic }: MetricsContext,
  queue: QueueWatch,
): void {
  const state = () => {
    const now = links.describe();
    return now.usable ? now : undefined;
  };
  const ageS = (asOf: number | undefined) => (asOf === undefined ? Number.NaN : (time.now() - asOf) / 1000);
  const count = () => journal.current()?.count();
  const all: Reading[] = [
    [
      'links_usable',
      'Whether there is health-code data that can be read: 1, or 0.',
      () => Number(state() !== undefined),
    ],
    ['links', 'Media that are linked to a health code.', () => state()?.links ?? 0],
    ['persons', 'Persons to whom media are linked.', () => state()?.slots ?? 0],
    ['denied_media', 'Media on the list of those that are not taken.', () => state()?.denied ?? 0],
    [
      'feed_version',
      'The feed’s version on the bus; NaN without data.',
      () => state()?.version ?? Number.NaN,
    ],
    [
      'links_age_seconds',
      'Since the links were signed, by the validator’s clock; NaN without data.',
      () => ageS(state()?.linksAsOf),
    ],
    [
      'status_age_seconds',
      'Since the health codes were signed, by the validator’s clock; NaN without data.',
      () => ageS(state()?.statusAsOf),
    ],
    [
      'journal_usable',
      'Whether the journal takes rows: 1, or 0; without it no ride is taken.',
      () => Number(journal.current() !== undefined),
    ],
    ['journal_rows', 'Taps in the journal; NaN while it cannot be used.', () => count()?.rows ?? Number.NaN],
    [
      'journal_lost_rows',
      'Rows that were lost since the journal’s first.',
      () => count()?.lost ?? Number.NaN,
    ],
    ['journal_open_purchases', 'Purchases that are not settled.', () => count()?.openPurchases ?? Number.NaN],
  ];
  const ofFeed: Reading[] = [
    [
      'feed_answering',
      'Whether the feed answered when it was last asked: 1, or 0.',
      () => Number(isAnswering()),
    ],
    [
      'feed_success_age_seconds',
      'Since the feed last answered; NaN if it never has.',
      () => secondsSince(feed?.state().lastSuccess?.at),
    ],
  ];
  const ofUplink: Reading[] = [
    ['uplink_connected', 'Whether the back office answers: 1, or 0.', () => Number(isConnected())],
    [
      'uplink_answer_age_seconds',
      'Since the back office was last heard; NaN if it never was.',
      () => secondsSince(uplink?.state().answeredAt),
    ],
    [
      'uplink_refused_rows',
      'Rows that the back office will not take.',
      () => uplink?.state().progress?.refused.rows ?? 0,
    ],
    [
      'journal_queued_rows',
      'Rows that the back office has not acknowledged; NaN while nobody knows.',
      () => queue.now().rows,
    ],
    [
      'journal_queued_age_seconds',
      'The age of the oldest of them, or at least so much; 0 for none.',
      () => queue.now().ageS,
    ],
  ];

  function isAnswering(): boolean {
    const now = feed?.state();
    return now?.lastSuccess !== undefined && now.problem === undefined;
  }
  function isConnected(): boolean {
    const now = uplink?.state();
    return now?.answeredAt !== undefined && now.problem === undefined;
  }
  const secondsSince = (at: number | undefined) =>
    at === undefined ? Number.NaN : (monotonic() - at) / 1000;

  // What is not configured has no series: a feed that is not there is not one that does not answer.
  const told = [...all, ...(feed === undefined ? [] : ofFeed), ...(uplink === undefined ? [] : ofUplink)];
  for (const [name, help, read] of told) {
    new Gauge({
      name: `fare_validator_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
