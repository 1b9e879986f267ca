/** A test stand whose validator is fed by a server that does what servers and wires do wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { deliverKeys } from '../../../sync/publisher/epochs/deliver-keys.ts';
import { revokeDevice } from '../../../sync/publisher/epochs/devices.ts';
import { currentKey, startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { type FeedPlaces, feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { initFeed } from '../../../sync/publisher/init-feed.ts';
import type { Edition } from '../../../sync/publisher/publish-index.ts';
import { openPublisher } from '../../../sync/publisher/publisher.ts';
import { rotateRootKey } from '../../../sync/publisher/signing/key-rotation.ts';
import { rootLifetimeMs } from '../../../sync/publisher/signing/root-metadata.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { columnsOf } from '../../../sync/publisher/table/people-columns.ts';
import { type TestContext, until } from '../../harness.ts';
import { type FaultyServer, serveFaulty } from '../../sync/client/faults/faulty-server.ts';
import { type BeforeStart, type Settings, type Stand, type StandOptions, startStand } from './stand.ts';

export interface FedStand extends ServedFeed {
  readonly stand: Stand;
  /** The cache's directory. */
  readonly cache: string;
  /** The console says that this version is in use. */
  arrives(version: number): Promise<void>;
}

export interface ServedFeed {
  readonly server: FaultyServer;
  /** The feed's. */
  readonly dir: string;
  readonly places: FeedPlaces;
  /** Its initial root metadata. */
  readonly root: string;
  /** The validator's keys file. */
  readonly keys: string;
  /** @returns the version */
  publish(how: 'delta' | 'snapshot', edition?: Partial<Edition>): number;
  /** A snapshot under a new key. @returns its version */
  nextEpoch(): Promise<number>;
  /** The validator is left out of the next epoch. */
  revoke(): void;
  /** Root metadata that is good until then, in Unix milliseconds. */
  renewRoot(until: number): void;
  /** A policy file with these changes to the stand's. */
  policyWith(changes: Readonly<Record<string, unknown>>): string;
}

const pollS = 0.2;

/** @param feed further settings of the feed, which has version 2 */
export async function startFedStand(
  context: TestContext,
  feed: Settings | ((served: ServedFeed) => Promise<Settings>) = {},
  options: Pick<StandOptions, 'setWires'> = {},
): Promise<FedStand> {
  let served: ServedFeed | undefined;
  const stand = await startStand(context, {
    ...options,
    async prepare(before) {
      served = await serveFeed(before, context);
      const links = { cache: 'fed', fleetKeys: served.keys };
      const further = typeof feed === 'function' ? await feed(served) : feed;
      return { links, feed: { url: served.server.url, root: served.root, pollS, ...further } };
    },
  });
  if (served === undefined) throw new Error('no feed');
  return {
    stand,
    ...served,
    cache: join(stand.directory, 'fed'),
    async arrives(version) {
      await until(`version ${version}`, async () =>
        new RegExp(`version +${version}\\b`).test(await stand.ask('cache')),
      );
    },
  };
}

/** The yellow are green in even versions. Version 2 has all of them. */
async function serveFeed(
  { directory, office, crowd }: BeforeStart,
  context: TestContext,
): Promise<ServedFeed> {
  const dir = join(directory, 'publisher');
  const places = feedPlaces(dir);
  const { root, keys } = initFeed(dir, Date.now());
  await deliverKeys(dir);
  let published: readonly Link[] = [];

  function publish(how: 'delta' | 'snapshot', edition: Partial<Edition> = {}): number {
    const publisher = openPublisher(dir);
    const key = currentKey(dir);
    try {
      const isEven = publisher.version % 2 === 1;
      const people = crowd.links.map(link =>
        link.status === 'yellow' && isEven ? { ...link, status: 'green' as const } : link,
      );
      const turned = (links: readonly Link[], others: readonly Link[]) =>
        links.filter((link, i) => link.status !== others[i]?.status);
      const now = { now: Date.now(), ...edition };
      const all = columnsOf(key, people);
      const done =
        how === 'snapshot'
          ? publisher.publishAll(all, String, now)
          : publisher.publishChanges(
              columnsOf(key, turned(published, people)),
              columnsOf(key, turned(people, published)),
              String,
              now,
            );
      if (done === undefined) throw new Error('a snapshot is due');
      published = people;
      return done.version;
    } finally {
      publisher.close();
    }
  }

  publish('snapshot');
  const server = await serveFaulty(context, places.public);
  return {
    server,
    dir,
    places,
    root,
    keys,
    publish,
    nextEpoch() {
      startEpoch(dir, Date.now());
      return deliverKeys(dir).then(() => publish('snapshot'));
    },
    revoke: () => revokeDevice(dir, 'first', Date.now()),
    renewRoot: until => rotateRootKey(dir, until - rootLifetimeMs),
    policyWith(changes) {
      const file = join(directory, 'policy-to-come.yaml');
      const before: Record<string, unknown> = parse(readFileSync(office.files.policy, 'utf8'));
      writeFileSync(file, stringify({ ...before, ...changes }));
      return file;
    },
  };
}
