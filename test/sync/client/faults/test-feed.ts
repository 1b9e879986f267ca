/** A feed of several versions whose every answer is known: deltas, snapshots, a policy that changes, a rotated root key. */
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Status } from '../../../../device/core/check.ts';
import { createRandom } from '../../../../sim/media/random.ts';
import { decodeIndex, type FeedIndex } from '../../../../sync/feed/index-file.ts';
import type { FleetKey } from '../../../../sync/fleet-keys.ts';
import { deliverKeys } from '../../../../sync/publisher/epochs/deliver-keys.ts';
import { currentKey, readEpochs } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { type FeedPlaces, feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { initFeed } from '../../../../sync/publisher/init-feed.ts';
import { openPublisher } from '../../../../sync/publisher/publisher.ts';
import { rotateRootKey } from '../../../../sync/publisher/signing/key-rotation.ts';
import type { Link } from '../../../../sync/publisher/table/people.ts';
import { columnsOf } from '../../../../sync/publisher/table/people-columns.ts';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { drawMedium, liveOn, type Medium, makeUpPeople, nameOf, type People } from './made-up-people.ts';

/** What is right at one version. */
export interface Truth {
  readonly people: People;
  /** Unix milliseconds */
  readonly asOf: number;
  readonly index: FeedIndex;
}

export interface PublishOptions {
  /** For the metadata's expiry; now unless given. Whatever contradicts it. */
  readonly now?: number;
  /** How fresh the data says it is; now unless given. */
  readonly asOf?: number;
  readonly repeatWindowS?: number;
  /** What the table is from now on; unless given, life goes on by itself. */
  readonly people?: People;
}

export interface TestFeed {
  readonly dir: string;
  readonly places: FeedPlaces;
  readonly keys: () => readonly FleetKey[];
  readonly version: number;
  truth(version: number): Truth;
  /** Some that are linked to nobody in any version. */
  readonly strangers: readonly Medium[];
  /** @returns its version */
  publish(how: 'delta' | 'snapshot', options?: PublishOptions): number;
  /** The public directory as it was at this version. */
  publicAt(version: number): string;
}

export type Expected = Status | 'not found';

/** All that were ever linked, and some that were not. */
export function everyoneIn(feed: TestFeed): ReadonlyMap<string, Medium> {
  const { version } = feed;
  const known = everyone.get(feed);
  if (known?.version === version) return known.people;
  const linked = Array.from({ length: version }, (_, i) => [...feed.truth(i + 1).people.values()]).flat();
  const people = new Map([...linked, ...feed.strangers].map(medium => [nameOf(medium), medium]));
  everyone.set(feed, { version, people });
  return people;
}

/** As they were last asked for. */
const everyone = new WeakMap<TestFeed, { readonly version: number; readonly people: Map<string, Medium> }>();

export function expectedOf(feed: TestFeed, version: number, medium: Medium): Expected {
  return feed.truth(version).people.get(nameOf(medium))?.status ?? 'not found';
}

const persons = 200;

interface Kept {
  readonly dir: string;
  readonly truths: Map<number, Truth>;
  /** By version: the public directory as it was. */
  readonly publics: Map<number, string>;
  readonly strangers: readonly Medium[];
}

/**
 * Version 1 is empty; 2 a snapshot, 3 to 5 deltas, 6 a snapshot that has most of its partitions as before, 7 and 8
 * deltas, 8 with another policy. The root key was rotated once.
 */
export function copyOfFeed(context: TestContext): TestFeed {
  const { dir: original, truths, publics } = template;
  const dir = join(temporaryDirectory(context), 'feed');
  // What the versions were is only read.
  cpSync(original, dir, { recursive: true, filter: path => path !== versionsOf(original) });
  cpSync(`${original}-offline`, `${dir}-offline`, { recursive: true });
  return openFeed({ ...template, dir, truths: new Map(truths), publics: new Map(publics) });
}

const template = await sharedTemplate();

/**
 * Made by the first process of a run that needs it (`TEST_SHARED` is the run's directory): it takes a second of processor time,
 * and some thirty test files start from it. Who runs a file by itself makes it for that file.
 */
async function sharedTemplate(): Promise<Kept> {
  const shared = process.env.TEST_SHARED;
  if (shared === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'validator-feed-'));
    process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
    return makeTemplate(directory);
  }
  const directory = join(shared, 'feed-template');
  if (!existsSync(directory)) await makeFor(directory);
  return readTemplate(directory);
}

/** It gets its name when it is whole; of two that make it at once, one is too late. */
async function makeFor(directory: string): Promise<void> {
  const own = mkdtempSync(`${directory}-`);
  const { truths, strangers } = await makeTemplate(own);
  writeFileSync(truthsFile(own), serialize({ truths, strangers }));
  try {
    renameSync(own, directory);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(directory)) throw error;
  }
}

function readTemplate(directory: string): Kept {
  const dir = feedIn(directory);
  const { truths, strangers }: Pick<Kept, 'truths' | 'strangers'> = deserialize(
    readFileSync(truthsFile(directory)),
  );
  const publics = new Map([...truths.keys()].map(version => [version, publicOf(dir, version)]));
  return { dir, truths, publics, strangers };
}

function feedIn(directory: string): string {
  return join(directory, 'feed');
}

function truthsFile(directory: string): string {
  return join(directory, 'truths');
}

/** Version 1 only, without anybody. */
export function emptyFeed(context: TestContext): TestFeed {
  return openFeed(startFeed(join(temporaryDirectory(context), 'feed')));
}

async function makeTemplate(directory: string): Promise<Kept> {
  const kept = startFeed(feedIn(directory));
  await deliverKeys(kept.dir);
  rotateRootKey(kept.dir, Date.now());
  const feed = openFeed(kept);
  const [key] = feed.keys();
  if (key !== undefined) feed.publish('snapshot', { people: makeUpPeople(key, createRandom(1), persons) });
  for (const how of ['delta', 'delta', 'delta', 'snapshot', 'delta'] as const) feed.publish(how);
  feed.publish('delta', { repeatWindowS: 7 });
  return kept;
}

function startFeed(dir: string): Kept {
  const now = Date.now();
  initFeed(dir, now);
  const kept: Kept = { dir, truths: new Map(), publics: new Map(), strangers: makeUpStrangers(dir) };
  keepVersion(kept, 1, { people: new Map(), asOf: now });
  return kept;
}

function makeUpStrangers(dir: string) {
  const key = currentKey(dir);
  const random = createRandom(99);
  return Array.from({ length: 20 }, () => drawMedium(key, random, 'south'));
}

function versionsOf(dir: string): string {
  return join(dir, 'versions');
}

function publicOf(dir: string, version: number): string {
  return join(versionsOf(dir), String(version));
}

function keepVersion({ dir, truths, publics }: Kept, version: number, truth: Omit<Truth, 'index'>): void {
  const places = feedPlaces(dir);
  const directory = publicOf(dir, version);
  cpSync(places.public, directory, { recursive: true });
  publics.set(version, directory);
  truths.set(version, { ...truth, index: decodeIndex(readFileSync(places.index)) });
}

function openFeed(kept: Kept): TestFeed {
  const { dir, truths, publics, strangers } = kept;
  const places = feedPlaces(dir);
  const keys = () => readEpochs(dir).keys;
  const truth = (version: number): Truth => {
    const found = truths.get(version);
    if (found === undefined) throw new Error(`no version ${version}`);
    return found;
  };

  function publish(how: 'delta' | 'snapshot', options: PublishOptions = {}): number {
    const { now = Date.now(), repeatWindowS } = options;
    const [key] = keys();
    if (key === undefined) throw new Error('no fleet key');
    const before = truth(truths.size).people;
    const people = options.people ?? liveOn(before, key, createRandom(1000 + truths.size));
    // Another instant for every version, so that none is taken for another.
    const asOf = options.asOf ?? Math.max(Date.now(), truth(truths.size).asOf + 1);
    const policyFile = repeatWindowS === undefined ? undefined : writePolicy(dir, places, repeatWindowS);
    const edition = { now, linksAsOf: asOf, statusAsOf: asOf, policyFile, trustClock: true };
    const publisher = openPublisher(dir);
    try {
      const published =
        how === 'snapshot'
          ? publisher.publishAll(columnsOf(key, people.values()), String, edition)
          : publisher.publishChanges(
              columnsOf(key, without(before, people)),
              columnsOf(key, without(people, before)),
              String,
              edition,
            );
      if (published === undefined) throw new Error('a snapshot is due');
      keepVersion(kept, published.version, { people, asOf });
      return published.version;
    } finally {
      publisher.close();
    }
  }

  return {
    dir,
    places,
    keys,
    strangers,
    get version() {
      return truths.size;
    },
    truth,
    publish,
    publicAt(version) {
      const found = publics.get(version);
      if (found === undefined) throw new Error(`no version ${version}`);
      return found;
    },
  };
}

/** The rows that the other table has not, or has otherwise. */
function without(people: People, others: People): Link[] {
  return [...people].flatMap(([name, link]) =>
    JSON.stringify(link) === JSON.stringify(others.get(name)) ? [] : [link],
  );
}

function writePolicy(dir: string, { policy }: FeedPlaces, repeatWindowS: number): string {
  const file = join(dir, 'policy-to-come.yaml');
  writeFileSync(
    file,
    readFileSync(policy, 'utf8').replace(/repeatWindowS: \d+/, `repeatWindowS: ${repeatWindowS}`),
  );
  return file;
}
