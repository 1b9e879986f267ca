/**
 * kill -9 right before and right after each file that a sync puts in place: the next one goes on from what is there, and
 * leaves nothing over.
 */
import * as assert from 'uvu/assert';
import type { TestContext } from '../../../harness.ts';
import { suite, telling } from '../../../harness.ts';
import { serveFaulty } from './faulty-server.ts';
import { type Death, startSyncing } from './syncing-child.ts';
import { copyOfFeed } from './test-feed.ts';
import {
  assertArrives,
  assertServes,
  assertTidy,
  newValidator,
  type TestValidator,
  twinOf,
  versionOf,
} from './test-validator.ts';

/** Each step starts a process. */
const timeoutMs = 1_200_000;

/** @returns at how many steps it was killed, of either sort */
async function killAtEachStep(context: TestContext, from: number | undefined, to: number): Promise<number> {
  const before = await killAt('before', context, from, to);
  assert.is(await killAt('after', context, from, to), before);
  return before;
}

async function killAt(
  moment: Death['moment'],
  context: TestContext,
  from: number | undefined,
  to: number,
): Promise<number> {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.publicAt(from ?? to));
  const first = newValidator(context, feed, server.url);
  if (from !== undefined) await assertArrives(first, feed, from);
  server.directory = feed.publicAt(to);
  const start = async (renaming: number) => {
    const validator =
      from === undefined ? newValidator(context, feed, server.url) : twinOf(context, feed, server.url, first);
    const death = { moment, renaming };
    return { validator, child: await startSyncing(context, feed, server.url, validator.directory, death) };
  };
  const isOneOfBoth = (validator: TestValidator) => [from, to].includes(versionOf(validator));
  let waiting = start(1);
  for (let step = 1; ; step++) {
    const { validator, child } = await waiting;
    waiting = start(step + 1);
    const outcome = await child.go();
    assert.ok(isOneOfBoth(validator), `killed ${moment} step ${step}: ${versionOf(validator)}`);
    assertServes(validator, feed, versionOf(validator));
    await telling(`${moment} step ${step}`, async () => {
      await assertArrives(validator, feed, to);
      assertTidy(validator, feed, to);
    });
    if (outcome === 'killed') continue;
    assert.ok('version' in outcome, JSON.stringify(outcome));
    await (await waiting).child.kill();
    return step - 1;
  }
}

suite('killed at each step', test => {
  test(
    'from nothing, to a version with deltas after its snapshot',
    async context => {
      // With nothing here before, nothing is cleared away: right after one step is what it is right before the next.
      assert.ok((await killAt('before', context, undefined, 8)) >= 20);
    },
    timeoutMs,
  );

  test(
    'from the version before, by a snapshot, most of which is here',
    async context => {
      assert.ok((await killAtEachStep(context, 5, 6)) >= 10);
    },
    timeoutMs,
  );

  test(
    'from the version before, by deltas',
    async context => {
      assert.ok((await killAtEachStep(context, 7, 8)) >= 5);
    },
    timeoutMs,
  );
});
