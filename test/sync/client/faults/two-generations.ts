/** A validator that is ahead by a generation, whose cache is about to be damaged. */
import * as assert from 'uvu/assert';
import { readPointer } from '../../../../sync/cache/directory.ts';
import type { TestContext } from '../../../harness.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, newValidator, twinOf } from './test-validator.ts';

/** At version 7, with the generation of version 5 before it. */
export async function withTwoGenerations(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const first = newValidator(context, feed, server.url);
  for (const version of [2, 5, 6, 7]) {
    server.directory = feed.publicAt(version);
    await assertArrives(first, feed, version);
  }
  const { current = '', previous } = readPointer(first.directory) ?? {};
  assert.ok(current?.startsWith('links-6-') && previous?.startsWith('links-2-'), `${current} ${previous}`);
  const pointer = { current, previous: previous ?? '' };
  return { feed, server, pointer, validator: () => twinOf(context, feed, server.url, first) };
}
