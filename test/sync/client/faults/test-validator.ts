/** A validator's cache directory: brought up to date, asked, checked against what is right. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { LinkLookup } from '../../../../device/core/check.ts';
import { messageOf } from '../../../../device/kit/errors.ts';
import { checkGeneration } from '../../../../sync/cache/check-generation.ts';
import { readPointer } from '../../../../sync/cache/directory.ts';
import { openGeneration } from '../../../../sync/cache/generation.ts';
import { openLinkStore } from '../../../../sync/cache/link-store.ts';
import { createHttp, type Http, type HttpOptions } from '../../../../sync/client/http.ts';
import type { SyncTime } from '../../../../sync/client/signed-dates.ts';
import { type SyncResult, syncOnce } from '../../../../sync/client/sync-once.ts';
import type { FleetKey } from '../../../../sync/fleet-keys.ts';
import { fixedRing } from '../../../../sync/keys/key-ring.ts';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed, everyoneIn, expectedOf, type TestFeed } from './test-feed.ts';

export interface TestValidator {
  /** The cache's. */
  readonly directory: string;
  readonly rootFile: string;
  keys: readonly FleetKey[];
  /** What it believes; the system's clock where undefined. */
  time: SyncTime | undefined;
  /**
   * With nothing kept in memory from one to the next, as after a restart.
   * @param slowPath of the one file that it does not wait for long
   */
  sync(slowPath?: string): Promise<SyncResult>;
}

export const patient: HttpOptions = { timeoutMs: 600_000 };
const impatient: HttpOptions = { timeoutMs: 1000 };

export function createValidator(feed: TestFeed, url: string, directory: string): TestValidator {
  const validator: TestValidator = {
    directory,
    rootFile: feed.places.initialRoot,
    keys: feed.keys(),
    time: undefined,
    async sync(slowPath) {
      const http = slowPath === undefined ? createHttp(patient) : impatientFor(slowPath);
      try {
        const { rootFile, keys, time } = validator;
        const believed = time && { time };
        return await syncOnce({ url, rootFile, keys: fixedRing(keys), directory, ...believed }, http);
      } finally {
        await http.close();
      }
    },
  };
  return validator;
}

export function newValidator(context: TestContext, feed: TestFeed, url: string): TestValidator {
  return createValidator(feed, url, join(temporaryDirectory(context), 'cache'));
}

/** A feed, its server, and a validator that has the newest version. */
export async function startAtNewest(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const validator = newValidator(context, feed, server.url);
  await assertArrives(validator, feed, feed.version);
  return { feed, server, validator, newest: feed.version };
}

/** A client whose short time limit is for this file alone, so that a busy machine is not taken for a slow server. */
function impatientFor(path: string): Http {
  const [usual, quick] = [createHttp(patient), createHttp(impatient)];
  const by = (url: string) => (url.endsWith(`/${path}`) ? quick : usual);
  return {
    get received() {
      return usual.received + quick.received;
    },
    get heldMs() {
      return usual.heldMs;
    },
    get: (url, ...rest) => by(url).get(url, ...rest),
    download: (url, ...rest) => by(url).download(url, ...rest),
    close: async () => void (await Promise.all([usual.close(), quick.close()])),
  };
}

/** Another with the same past. */
export function twinOf(context: TestContext, feed: TestFeed, url: string, { directory }: TestValidator) {
  const twin = newValidator(context, feed, url);
  cpSync(directory, twin.directory, { recursive: true });
  return twin;
}

/** @returns why it was refused, as `kind: message` */
export async function refusalOf(validator: TestValidator, slowPath?: string): Promise<string> {
  try {
    const result = await validator.sync(slowPath);
    return `not refused: ${JSON.stringify(result)}`;
  } catch (error) {
    const kind = error instanceof Error && 'kind' in error ? `${error.kind}: ` : '';
    return `${error instanceof Error ? error.name : ''} ${kind}${messageOf(error)}`;
  }
}

/** The version in use; undefined for none. */
export function versionOf({ directory, keys }: TestValidator): number | undefined {
  const store = openStore(directory, keys);
  const state = store.describe();
  store.close();
  return state.usable ? state.version : undefined;
}

/** Every account's answer is that of this version; undefined for unavailable. */
export function assertServes(validator: TestValidator, feed: TestFeed, version: number | undefined): void {
  const store = openStore(validator.directory, validator.keys);
  try {
    const state = store.describe();
    assert.is(state.usable ? state.version : undefined, version, JSON.stringify(state));
    const asOf = version === undefined ? 0 : feed.truth(version).asOf;
    for (const [name, medium] of everyoneIn(feed)) {
      const found = store.find(store.tokenOf(medium.medium, medium.account));
      const expected = version === undefined ? 'unavailable' : expectedOf(feed, version, medium);
      assert.is(inWords(found, asOf), expected, name);
    }
  } finally {
    store.close();
  }
}

function openStore(directory: string, keys: readonly FleetKey[]) {
  return openLinkStore(directory, fixedRing(keys), { changed: () => undefined, damaged: () => undefined });
}

function inWords(found: LinkLookup, asOf: number): string {
  if ('unavailable' in found) return 'unavailable';
  if (found.linksAsOf !== asOf) return `links as of ${found.linksAsOf}, not ${asOf}`;
  if (!found.found) return 'not found';
  return found.statusAsOf === asOf ? found.status : `statuses as of ${found.statusAsOf}, not ${asOf}`;
}

/** A sync gets to this version, and every row of it is right. @returns how */
export async function assertArrives(
  validator: TestValidator,
  feed: TestFeed,
  version: number,
): Promise<SyncResult> {
  const result = await validator.sync();
  assert.is(result.version, version);
  assertWhole(validator, feed, version);
  return result;
}

export function assertWhole(validator: TestValidator, feed: TestFeed, version: number): void {
  assertServes(validator, feed, version);
  const current = readPointer(validator.directory)?.current ?? 'none';
  const generation = openGeneration(join(validator.directory, current), validator.keys, { readonly: true });
  try {
    for (const _ of checkGeneration(generation)) {
      // Each partition in turn.
    }
    const { index } = feed.truth(version);
    assert.equal(generation.state.partitions, index.partitions);
    assert.is(generation.state.statusDigest, index.status.sha256);
  } finally {
    generation.db.close();
  }
}

/**
 * Every account's answer is that of the version in use, or unavailable.
 * @param besides what else an answer may be
 */
export function assertNothingWrong(validator: TestValidator, feed: TestFeed, ...besides: string[]): void {
  const store = openStore(validator.directory, validator.keys);
  try {
    for (const [name, medium] of everyoneIn(feed)) {
      const found = store.find(store.tokenOf(medium.medium, medium.account));
      const state = store.describe();
      if ('unavailable' in found) continue;
      if (!state.usable) throw new Error('an answer from nowhere');
      const answer = inWords(found, feed.truth(state.version).asOf);
      if (!besides.includes(answer)) assert.is(answer, expectedOf(feed, state.version, medium), name);
    }
  } finally {
    store.close();
  }
}

/** Another sync that is told that the generation in use is damaged. */
export async function replaceGeneration(validator: TestValidator, url: string): Promise<SyncResult> {
  const { directory, rootFile, keys } = validator;
  const http = createHttp(patient);
  try {
    const damaged = [readPointer(directory)?.current ?? 'none'];
    return await syncOnce({ url, rootFile, keys: fixedRing(keys), directory, damaged }, http);
  } finally {
    await http.close();
  }
}

/** Nothing is left over of what was broken off. */
export function assertTidy({ directory }: TestValidator, feed: TestFeed, version: number): void {
  const general = (name: string) => name.replace(/^links-\d+-\d+\.sqlite(-wal|-shm)?$/, 'links');
  const texts = ['policy.yaml', 'lines.json'].map(name => `${publishedSha256(feed, version, name)}.${name}`);
  const expected = ['arrivals', 'current.json', 'links', 'lock.sqlite', 'metadata', 'seen.json', ...texts];
  // Where it was synced by a device with a key of its own.
  const found = readdirSync(directory).filter(name => name !== 'keys');
  assert.equal([...new Set(found.map(general))].toSorted(), expected.toSorted());
  assert.equal(readdirSync(join(directory, 'arrivals')), []);
  assert.equal(
    readdirSync(join(directory, 'metadata')).filter(name => name.startsWith('.')),
    [],
  );
}

function publishedSha256(feed: TestFeed, version: number, name: string): string {
  const file = join(feed.publicAt(version), 'metadata', `${version}.targets.json`);
  return JSON.parse(readFileSync(file, 'utf8')).signed.targets[name].hashes.sha256;
}
