/** The bench's publisher, a process of its own: 20 million people take a gigabyte that the bench is not to carry. */
import { once } from 'node:events';
import { feedPlaces } from '../../../sim/backoffice/publisher/feed-places.ts';
import { initFeed } from '../../../sim/backoffice/publisher/init-feed.ts';
import { columnsOf, type PeopleColumns } from '../../../sim/backoffice/publisher/people-columns.ts';
import { openPublisher, type Published } from '../../../sim/backoffice/publisher/publisher.ts';
import { writeTrustAndPolicy } from '../../../sim/bus/trust-and-policy.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { linksOf } from '../people.ts';
import { takeRepeats } from '../take-repeats.ts';
import { drawChanges, drawPeople } from './people.ts';

export type PublishOrder =
  /** All people anew: other tokens, but for the bench's own passengers'. */
  | { readonly order: 'snapshot' }
  | { readonly order: 'changes'; readonly links: number; readonly statuses: number }
  | { readonly order: 'end' };

export interface PublishAnswer extends Published {
  readonly tookS: number;
}

const [dir = '', links = '', passengers = ''] = process.argv.slice(2);
/** The feed's policy comes before the stand's. */
const policyFile = writeTrustAndPolicy(`${dir}-policy`, 'enforced', Date.now()).files.policy;
takeRepeats(policyFile);
const now = () => ({ now: Date.now(), policyFile });
const noName = (row: number) => `row ${row}`;

initFeed(dir, Date.now());
let people: PeopleColumns | undefined;
process.send?.('ready');
while (true) {
  const [order] = (await once(process, 'message')) as [PublishOrder];
  if (order.order === 'end') break;
  const started = performance.now();
  const published = carryOut(order);
  process.send?.({ ...published, tookS: (performance.now() - started) / 1000 });
}
process.disconnect();

function carryOut(order: Exclude<PublishOrder, { order: 'end' }>): Published {
  if (order.order === 'snapshot') return publishSnapshot();
  if (people === undefined) throw new Error('a snapshot must come first');
  const { removed, added } = drawChanges(people, order.links, order.statuses);
  const publisher = openPublisher(dir);
  const published = publisher.publishChanges(removed, added, noName, now());
  publisher.close();
  if (published === undefined) throw new Error('the changes were not published');
  return published;
}

function publishSnapshot(): Published {
  const [key] = readFleetKeys(feedPlaces(dir).fleetKeys);
  people = drawPeople(Number(links), columnsOf(key, linksOf(Number(passengers))));
  const publisher = openPublisher(dir);
  const published = publisher.publishAll(people, noName, now());
  publisher.close();
  return published;
}
