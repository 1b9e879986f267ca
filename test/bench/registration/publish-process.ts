/** Publishes a city that has registered, in a process of its own for its memory. Prints one JSON line. */
import { join } from 'node:path';
import { openOfficeData } from '../../../sim/backoffice/office-data.ts';
import { openPublisher } from '../../../sim/backoffice/publisher/publisher.ts';
import { publishNext } from '../../../sim/backoffice/publishing/publish-next.ts';
import { openPublishQueue } from '../../../sim/backoffice/store/sqlite-publish-queue.ts';
import { changeStatuses, fillStore } from './city.ts';

export interface CityPublished {
  readonly snapshotS: number;
  readonly changesS: number;
  readonly peakMiB: number;
}

const [directory = '', people = ''] = process.argv.slice(2);
const changed = 1000;

const data = openOfficeData(directory);
await data.close();
const office = join(directory, 'office.sqlite');
fillStore(office, Number(people));
const queue = openPublishQueue(office);
const publisher = openPublisher(data.feed);

function publish(expected: 'snapshot' | 'changes'): number {
  const started = performance.now();
  const { how } = publishNext(queue, publisher, {}, Date.now);
  if (how !== expected) throw new Error(`published as ${how}, not as ${expected}`);
  return (performance.now() - started) / 1000;
}

const snapshotS = publish('snapshot');
changeStatuses(office, Number(people), Math.min(changed, Number(people)));
const changesS = publish('changes');
publisher.close();
queue.close();
const published: CityPublished = { snapshotS, changesS, peakMiB: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(published)}\n`);
