/** kill -9 of the firmware while it syncs: it starts, answers right or not at all, and gets to the newest version. */
import * as assert from 'uvu/assert';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { createRandom, type Random } from '../../../sim/media/random.ts';
import { suite, telling } from '../../harness.ts';
import { type FedStand, startFedStand } from './fed-stand.ts';

const kills = Number(process.env.TEST_KILLS ?? 8);
const timeoutMs = 240_000;

const inWords = ({ verdict, reason, status }: LogLine) =>
  [verdict, reason ?? status].filter(Boolean).join(' ');

/** @param hasData once there has been a version there always is one */
async function assertTapsRight({ stand }: FedStand, hasData: boolean): Promise<void> {
  const { crowd } = stand;
  const taps = [
    [crowd.tUnion('green'), ['pass']],
    [crowd.tUnion('red'), ['abnormal red']],
    [crowd.bmac('yellow'), ['pass', 'abnormal yellow']],
    [crowd.tUnion('none'), ['not-found']],
  ] as const;
  for (const [card, right] of taps) {
    const told = inWords(await stand.tap(card));
    // Without any version yet, and for the moment in which two threads open what the cut has left.
    const allowed: readonly string[] = hasData ? right : [...right, 'cannot-verify no-data'];
    assert.ok(allowed.includes(told), `${told}, not ${allowed.join(' or ')}`);
  }
}

async function killAgainAndAgain(fed: FedStand, random: Random): Promise<void> {
  const { stand } = fed;
  let version = 2;
  const hasData = () => stand.log.some(({ event }) => event === 'feed-synced');
  for (let i = 1; i <= kills; i++) {
    if (i > kills / 4 && random.next() < 0.3) await assertTapsRight(fed, hasData());
    await new Promise(resolve => setTimeout(resolve, random.next() * 600));
    await stand.cutPower(() => {
      // Now and then nothing is new: it had been killed on its way.
      if (random.next() < 0.3) return;
      version = fed.publish(random.next() < 0.4 ? 'snapshot' : 'delta');
    });
    await stand.ready();
    if (i % 2 === 0) await assertTapsRight(fed, hasData());
  }
  await fed.arrives(version);
  await assertTapsRight(fed, true);
  assert.is(
    inWords(await stand.tap(stand.crowd.bmac('yellow'))),
    version % 2 === 0 ? 'pass' : 'abnormal yellow',
  );
  assert.match(
    await stand.ask('feed'),
    new RegExp(`state +works\\r\\n.*\\r\\nlast version +${version}\\r\\n`),
  );
}

suite('feed: power cuts', test => {
  test(
    `cut ${kills} times while it syncs`,
    async context => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const fed = await startFedStand(context);
      fed.server.slowMs = 2;
      await telling(`seed ${seed}`, () => killAgainAndAgain(fed, createRandom(seed)));
      const bad = fed.stand.log.filter(({ event }) => ['feed-refused', 'cache-damaged'].includes(event));
      assert.equal(bad, []);
    },
    timeoutMs,
  );
});
