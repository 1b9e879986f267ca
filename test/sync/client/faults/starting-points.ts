/** From where validators set out for the newest version, and what they fetch on their way. */
import * as assert from 'uvu/assert';
import type { TestContext } from '../../../harness.ts';
import { type FaultyServer, serveFaulty } from './faulty-server.ts';
import { fetchedPaths, type Kind, oneOfEachKind } from './feed-paths.ts';
import { copyOfFeed, type TestFeed } from './test-feed.ts';
import { assertArrives, newValidator, type TestValidator, twinOf } from './test-validator.ts';

export interface StartingPoint {
  readonly feed: TestFeed;
  readonly server: FaultyServer;
  /** What a validator has here; undefined for nothing. */
  readonly version: number | undefined;
  /** Another validator that is here. */
  validator(): TestValidator;
  /** All it fetches. */
  readonly paths: readonly string[];
  readonly byKind: ReadonlyMap<Kind, string>;
}

export const newest = 8;

/** With nothing it goes by the snapshot, one version behind by deltas. */
export async function startFrom(context: TestContext, version: number | undefined): Promise<StartingPoint> {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const first = newValidator(context, feed, server.url);
  if (version !== undefined) {
    server.directory = feed.publicAt(version);
    await assertArrives(first, feed, version);
    server.directory = feed.places.public;
  }
  const validator = () =>
    version === undefined
      ? newValidator(context, feed, server.url)
      : twinOf(context, feed, server.url, first);
  server.log.length = 0;
  const { how } = await assertArrives(validator(), feed, newest);
  assert.is(how, version === undefined ? 'snapshot' : 'delta');
  const paths = fetchedPaths(server);
  server.log.length = 0;
  return { feed, server, version, validator, paths, byKind: oneOfEachKind(paths, feed.truth(newest).index) };
}
