/** Publishes a city that has registered, in a process of its own for its memory. Prints one JSON line. */
import { openOfficeData } from '../../../sim/backoffice/office-data.ts';
import { publishNext } from '../../../sim/backoffice/publication/publish-next.ts';
import { openPublishQueue } from '../../../sim/backoffice/store/sqlite-publish-queue.ts';
import type { HealthStore } from '../../../sim/backoffice/store/store.ts';
import { openPublisher } from '../../../sync/publisher/publisher.ts';

export interface CityPublished {
  /** All people. */
  readonly snapshotS: number;
  /** Those whose status is another one. */
  readonly changesS: number;
  /** How many of those the store takes in a second, as the health-code source's answers. */
  readonly settledPerS: number;
  readonly peakMiB: number;
}

const [directory = '', changed = ''] = process.argv.slice(2);
/** As many as the health keeper asks for at once. */
const batch = 200;

const data = openOfficeData(directory);
const queue = openPublishQueue(data.office);
const publisher = openPublisher(data.feed);

const snapshotS = publish('snapshot');
const settledPerS = await turnYellow(data.store.health, Number(changed));
const changesS = publish('changes');
publisher.close();
queue.close();
await data.close();
const peakMiB = process.resourceUsage().maxRSS / 1024;
const published: CityPublished = { snapshotS, changesS, settledPerS, peakMiB };
process.stdout.write(`${JSON.stringify(published)}\n`);

/** @returns seconds */
function publish(expected: 'snapshot' | 'changes'): number {
  const started = performance.now();
  const { how } = publishNext(queue, publisher, {}, Date.now());
  if (how !== expected) throw new Error(`published as ${how}, not as ${expected}`);
  return (performance.now() - started) / 1000;
}

/** @returns people a second */
async function turnYellow(health: HealthStore, people: number): Promise<number> {
  const started = performance.now();
  const now = Date.now();
  let turned = 0;
  while (turned < people) {
    const { people: due } = await health.due(now - 1, Math.min(batch, people - turned), now);
    if (due.length === 0) throw new Error(`nobody left to ask for after ${turned}`);
    const answer = { status: 'yellow', at: now } as const;
    turned += await health.settle(
      due.map(({ id }) => ({ id, answer })),
      now,
    );
  }
  return (1000 * turned) / (performance.now() - started);
}
