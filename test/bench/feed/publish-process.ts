/** The bench's publisher, a process of its own: 20 million people take a gigabyte that the bench is not to carry. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeTrustAndPolicy } from '../../../sim/bus/office/trust-and-policy.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { deliverKeys } from '../../../sync/publisher/epochs/deliver-keys.ts';
import { addDevices } from '../../../sync/publisher/epochs/devices.ts';
import { currentKey, startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { initFeed } from '../../../sync/publisher/init-feed.ts';
import { openPublisher, type Published, type Publisher } from '../../../sync/publisher/publisher.ts';
import { columnsOf, type PeopleColumns } from '../../../sync/publisher/table/people-columns.ts';
import { linksOf } from '../people.ts';
import { takeRepeats } from '../take-repeats.ts';
import { drawChanges, drawPeople } from './people.ts';

export type PublishOrder =
  /** All people anew: other tokens, but for the bench's own passengers'. */
  | { readonly order: 'snapshot' }
  /** The same, as a new key epoch's, with a key file for each device of a fleet. */
  | { readonly order: 'epoch' }
  | { readonly order: 'changes'; readonly links: number; readonly statuses: number }
  | { readonly order: 'end' };

export interface PublishAnswer extends Published {
  /** Of publishing alone; how much of it the disk takes depends on the machine. */
  readonly tookS: number;
  /** Before it: wrapping the key for each device. */
  readonly keysS: number;
  /** Seconds of processor time. */
  readonly cpuS: number;
}

const [dir = '', links = '', passengers = ''] = process.argv.slice(2);
/** As a city of 20 million links and 24,000 validators has it. */
const linksPerDevice = 833;
/** The feed's policy comes before the stand's. */
const policyFile = writeTrustAndPolicy(`${dir}-policy`, 'enforced', Date.now()).files.policy;
takeRepeats(policyFile);
const now = () => ({ now: Date.now(), policyFile });
const noName = (row: number) => `row ${row}`;

initFeed(dir, Date.now());
await deliverKeys(dir);
let people: PeopleColumns | undefined;
process.send?.('ready');
while (true) {
  const [order] = (await once(process, 'message')) as [PublishOrder];
  if (order.order === 'end') break;
  const keysS = order.order === 'epoch' ? await beginEpoch() : 0;
  process.send?.({ ...carryOut(order), keysS });
}
process.disconnect();

function carryOut(order: Exclude<PublishOrder, { order: 'end' }>): Omit<PublishAnswer, 'keysS'> {
  if (order.order !== 'changes') {
    const key = currentKey(dir);
    const all = drawPeople(Number(links), columnsOf(key, linksOf(Number(passengers))));
    people = all;
    return timed(publisher => publisher.publishAll(all, noName, now()));
  }
  if (people === undefined) throw new Error('a snapshot must come first');
  const { removed, added } = drawChanges(people, order.links, order.statuses);
  return timed(publisher => publisher.publishChanges(removed, added, noName, now()));
}

/** @returns seconds, but for enrolling */
async function beginEpoch(): Promise<number> {
  const devices = Array.from({ length: Math.ceil(Number(links) / linksPerDevice) }, (_, i) => ({
    id: `device-${i}`,
    publicKey: publicKeyOf(newPrivateKey()).toString('hex'),
  }));
  addDevices(dir, devices, Date.now());
  const started = performance.now();
  startEpoch(dir, Date.now());
  await deliverKeys(dir);
  return (performance.now() - started) / 1000;
}

function timed(publish: (publisher: Publisher) => Published | undefined): Omit<PublishAnswer, 'keysS'> {
  // What others have written before is not this publication's to wait for.
  execFileSync('sync');
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const publisher = openPublisher(dir);
  const published = publish(publisher);
  publisher.close();
  if (published === undefined) throw new Error('the changes were not published');
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...published, tookS: (performance.now() - started) / 1000, cpuS: (user + system) / 1e6 };
}
