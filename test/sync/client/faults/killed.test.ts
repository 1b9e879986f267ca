/** kill -9 at random moments of a sync, while versions come out: what is served is always all of one of them. */
import { rmSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../../../sim/media/random.ts';
import type { TestContext } from '../../../harness.ts';
import { suite, telling } from '../../../harness.ts';
import { type FaultyServer, serveFaulty } from './faulty-server.ts';
import { type SyncingChild, startSyncing } from './syncing-child.ts';
import { copyOfFeed, type TestFeed } from './test-feed.ts';
import {
  assertArrives,
  assertServes,
  assertTidy,
  newValidator,
  type TestValidator,
  versionOf,
} from './test-validator.ts';

/** At work; a sync that was quicker than its kill does not count. */
const kills = Number(process.env.TEST_KILLS ?? 20);
const maxRounds = 400;
const timeoutMs = 1_800_000;
/** How long a sync takes: drawn from here at first, then as they turn out on this machine. */
const firstWindowMs = 400;
const ofNothingNew = 0.25;
/** Before each answer, so that a sync by the snapshot takes some 300 ms. */
const slowMs = 10;
const everyKillsChecked = 6;
const everyKillsEmptied = 18;

interface Round {
  readonly feed: TestFeed;
  readonly server: FaultyServer;
  readonly validator: TestValidator;
  readonly random: Random;
}

function publishSomething({ feed, random }: Round): void {
  const drawn = random.next();
  if (drawn < 0.3) feed.publish('snapshot');
  else if (drawn < 0.5) feed.publish('delta', { repeatWindowS: Math.floor(random.between(1, 600)) });
  else for (let i = random.between(0, 3); i > 0; i--) feed.publish('delta');
}

/** @returns whether it was killed while it was at work */
async function syncAndKill(
  { validator, feed, random }: Round,
  child: SyncingChild,
  windowMs: number,
): Promise<boolean> {
  const outcome = child.go();
  const isBehind = versionOf(validator) !== feed.version;
  await new Promise(resolve => setTimeout(resolve, random.next() * windowMs * (isBehind ? 1 : ofNothingNew)));
  await child.kill();
  const came = await outcome;
  assert.not.ok(typeof came === 'object' && 'refused' in came, JSON.stringify(came));
  return came === 'killed';
}

/** @param before what it served until now; it never goes back */
function assertServesOneVersion({ feed, validator }: Round, before: number | undefined): number | undefined {
  const version = versionOf(validator);
  assert.ok((version ?? 0) >= (before ?? 0), `${before} was served, ${version} is now`);
  assertServes(validator, feed, version);
  return version;
}

async function killAgainAndAgain(context: TestContext, random: Random): Promise<void> {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const validator = newValidator(context, feed, server.url);
  const round = { feed, server, validator, random };
  const start = () => startSyncing(context, feed, server.url, validator.directory);
  let waiting = start();
  let served: number | undefined;
  let killed = 0;
  let windowMs = firstWindowMs;
  for (let i = 1; killed < kills; i++) {
    assert.ok(i <= maxRounds, `only ${killed} of ${i} were killed at work`);
    const child = await waiting;
    // It gets ready while this one works.
    waiting = start();
    server.slowMs = slowMs;
    if (served === feed.version) publishSomething(round);
    const wasAtWork = await syncAndKill(round, child, windowMs);
    if (wasAtWork) killed++;
    windowMs = Math.max(20, Math.min(2000, windowMs * (wasAtWork ? 1.1 : 0.9)));
    served = assertServesOneVersion(round, served);
    if (i % everyKillsChecked > 0) continue;
    server.slowMs = 0;
    await assertArrives(validator, feed, feed.version);
    assertTidy(validator, feed, feed.version);
    served = feed.version;
    if (i % everyKillsEmptied > 0) continue;
    rmSync(validator.directory, { recursive: true });
    served = undefined;
  }
  await (await waiting).kill();
  server.slowMs = 0;
  await assertArrives(validator, feed, feed.version);
}

suite('killed syncs', test => {
  test(
    `${kills} times`,
    async context => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      await telling(`seed ${seed}`, () => killAgainAndAgain(context, createRandom(seed)));
    },
    timeoutMs,
  );
});
