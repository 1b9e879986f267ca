/** The bus's back office: a little publisher whose feed the validators keep up to date from. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readFleetKeys } from '../../sync/fleet-keys.ts';
import { serveFeed } from '../backoffice/feed-server.ts';
import { feedPlaces } from '../backoffice/publisher/feed-places.ts';
import { initFeed } from '../backoffice/publisher/init-feed.ts';
import { columnsOf } from '../backoffice/publisher/people-columns.ts';
import { openPublisher } from '../backoffice/publisher/publisher.ts';
import type { Link } from '../links/people.ts';
import type { Issuer } from '../media/authority.ts';
import { writeLines } from './line-stops.ts';
import { dayMs, type PilotMoment, type PolicyRules, writeTrustAndPolicy } from './trust-and-policy.ts';
import type { SharedFiles } from './validator-post.ts';

export interface BackOffice {
  readonly files: SharedFiles;
  /** Where the feed is served. */
  readonly url: string;
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /**
   * Publishes the next version.
   * @param isStale as data of two days ago
   */
  publish(people: readonly Link[], isStale: boolean): void;
  /** Whether the validators reach the feed. */
  setNetwork(isUp: boolean): void;
  close(): Promise<void>;
}

const pollS = 0.5;

/** @param moment where the pilot is now, whatever the real date is */
export async function startBackOffice(
  directory: string,
  moment: PilotMoment,
  rules: PolicyRules = {},
): Promise<BackOffice> {
  const now = Date.now();
  const { files, issuer } = writeTrustAndPolicy(directory, moment, now, rules);
  const dir = join(directory, 'feed');
  // The passengers' cards and codes are new each time, and so is what is known of them.
  if (existsSync(dir)) rmSync(dir, { recursive: true });
  const { root, keys } = initFeed(dir, now);
  const [key] = readFleetKeys(keys);
  const publisher = openPublisher(dir);
  const linesFile = join(directory, 'lines.yaml');
  writeLines(linesFile);
  let isUp = true;
  const server = await serveFeed(feedPlaces(dir).public, 0, () => isUp);
  let published: readonly Link[] = [];

  return {
    files: { ...files, fleetKeys: keys, feed: { url: server.url, root, pollS } },
    url: server.url,
    issuer,
    publish(people, isStale) {
      const asOf = Date.now() - (isStale ? 2 * dayMs : 0);
      const texts = { policyFile: files.policy, linesFile };
      const edition = { now: Date.now(), linksAsOf: asOf, statusAsOf: asOf, ...texts };
      const { removed, added } = difference(published, people);
      const nameRow = (row: number) => String(added[row]?.person);
      const step = publisher.publishChanges(columnsOf(key, removed), columnsOf(key, added), nameRow, edition);
      if (step === undefined) {
        publisher.publishAll(columnsOf(key, people), row => String(people[row]?.person), edition);
      }
      published = people;
    },
    setNetwork(up) {
      isUp = up;
    },
    async close() {
      publisher.close();
      await server.close();
    },
  };
}

function difference(before: readonly Link[], after: readonly Link[]) {
  const textOf = (link: Link) => JSON.stringify(link);
  const without = (links: readonly Link[], others: readonly Link[]) => {
    const texts = new Set(others.map(textOf));
    return links.filter(link => !texts.has(textOf(link)));
  };
  return { removed: without(before, after), added: without(after, before) };
}
