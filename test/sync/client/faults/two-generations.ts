/** A validator that is ahead by a generation, whose cache is about to be damaged. */
import * as assert from 'uvu/assert';
import { readPointer } from '../../../../sync/cache/directory.ts';
import type { TestContext } from '../../../harness.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, newValidator, twinOf } from './test-validator.ts';

/** Its newest generation, and the one before it. */
export const pointer = { current: 'links-6-1.sqlite', previous: 'links-2-1.sqlite' };

/** At version 7, with the generation of version 5 before it. */
export async function withTwoGenerations(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const first = newValidator(context, feed, server.url);
  for (const version of [2, 5, 6, 7]) {
    server.directory = feed.publicAt(version);
    await assertArrives(first, feed, version);
  }
  assert.equal(readPointer(first.directory), pointer);
  return { feed, server, validator: () => twinOf(context, feed, server.url, first) };
}
