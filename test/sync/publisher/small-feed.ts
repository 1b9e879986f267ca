/** A feed on its own web server, and clients that sync from it over HTTP. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isDenied, type Status } from '../../../device/core/check.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { createHttp } from '../../../sync/client/http.ts';
import { type SyncResult, syncOnce } from '../../../sync/client/sync-once.ts';
import { fixedRing } from '../../../sync/keys/key-ring.ts';
import { currentKey, readEpochs } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { serveFeed } from '../../../sync/publisher/feed-server.ts';
import { initFeed } from '../../../sync/publisher/init-feed.ts';
import type { Edition } from '../../../sync/publisher/publish-index.ts';
import { openPublisher, type Publisher } from '../../../sync/publisher/publisher.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { columnsOf } from '../../../sync/publisher/table/people-columns.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** Status by account of whoever is linked. */
export type Expected = ReadonlyMap<string, Status>;

export interface SmallFeed {
  readonly dir: string;
  readonly places: ReturnType<typeof feedPlaces>;
  client(): SmallClient;
}

export interface SmallClient {
  readonly directory: string;
  sync(): Promise<SyncResult>;
  /** @throws where any of these accounts has another status, or is linked and should not be */
  assertHas(expected: Expected, accounts: readonly string[]): void;
  /** Which of these accounts are denied. */
  denied(accounts: readonly string[]): string[];
  /** Of links and statuses. */
  digests(): unknown;
}

export const account = (i: number): string => `31051${String(i).padStart(14, '0')}`;

export function row(i: number, person: string, status: Status): Link {
  return { medium: 't-union', account: account(i), person, status };
}

export async function makeSmallFeed(context: TestContext): Promise<SmallFeed> {
  const dir = join(temporaryDirectory(context), 'feed');
  initFeed(dir, Date.now());
  const places = feedPlaces(dir);
  const server = await serveFeed(places.public, 0);
  context.after(() => server.close());
  const http = createHttp({ timeoutMs: 600_000 });
  context.after(() => http.close());
  return {
    dir,
    places,
    client() {
      const directory = temporaryDirectory(context);
      const keys = () => fixedRing(readEpochs(dir).keys);
      return {
        directory,
        sync: () =>
          syncOnce({ url: server.url, rootFile: places.initialRoot, keys: keys(), directory }, http),
        assertHas(expected, accounts) {
          const damages: string[] = [];
          const damaged = (_: string, why: string) => void damages.push(why);
          const store = openLinkStore(directory, keys(), { changed: () => undefined, damaged });
          for (const each of accounts) {
            const link = store.find(store.tokenOf('t-union', each));
            const found = 'unavailable' in link ? link.unavailable : link.found ? link.status : undefined;
            assert.is(found, expected.get(each), each);
          }
          store.close();
          assert.equal(damages, []);
        },
        denied(accounts) {
          const store = openLinkStore(directory, keys(), {
            changed: () => undefined,
            damaged: () => undefined,
          });
          const found = accounts.filter(each => isDenied(store.find(store.tokenOf('t-union', each))));
          store.close();
          return found;
        },
        digests: () => digestsOf(directory, dir),
      };
    },
  };
}

/** Of the cache that is in use there, but for when it was published. */
export function digestsOf(directory: string, feed: string): unknown {
  const current = readPointer(directory)?.current ?? '';
  const { db, state } = openGeneration(join(directory, current), readEpochs(feed).keys, { readonly: true });
  db.close();
  const { version, snapshot, keyId, partitions, statusDigest } = state;
  return { version, snapshot, keyId, partitions, statusDigest };
}

/** The rows as a publisher takes them. */
export function columns({ dir }: SmallFeed, rows: readonly Link[]) {
  return columnsOf(currentKey(dir), rows);
}

export const edition = () => ({ now: Date.now() });

/** Publishes what is different, or all where that is due, as the command does. */
export function publishRows(
  feed: SmallFeed,
  publisher: Publisher,
  before: readonly Link[],
  rows: readonly Link[],
  more: Partial<Edition> = {},
) {
  const text = (link: Link) => JSON.stringify(link);
  const [old, fresh] = [new Set(before.map(text)), new Set(rows.map(text))];
  const removed = before.filter(link => !fresh.has(text(link)));
  const added = rows.filter(link => !old.has(text(link)));
  const name = (index: number) => `row ${index}`;
  const given = { ...edition(), ...more };
  const step = publisher.publishChanges(columns(feed, removed), columns(feed, added), name, given);
  return step ?? publisher.publishAll(columns(feed, rows), name, given);
}

export function expectedOf(rows: readonly Link[]): Expected {
  return new Map(rows.map(({ account, status }) => [account, status]));
}

/** A publisher closed at the test's end. */
export function openSmallPublisher({ after }: TestContext, { dir }: SmallFeed): Publisher {
  const publisher = openPublisher(dir);
  after(() => publisher.close());
  return publisher;
}
