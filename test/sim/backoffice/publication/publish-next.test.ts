/** Whatever changes, and wherever a publication is killed: the next one makes the feed say what the store says. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Status, statuses } from '../../../../device/core/check.ts';
import { publishNext } from '../../../../sim/backoffice/publication/publish-next.ts';
import { openPublishQueue } from '../../../../sim/backoffice/store/sqlite-publish-queue.ts';
import { openStore } from '../../../../sim/backoffice/store/sqlite-store.ts';
import type { PublishQueue } from '../../../../sim/backoffice/store/store.ts';
import { currentKey, startEpoch } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { openPublisher } from '../../../../sync/publisher/publisher.ts';
import { rotateOnlineKey } from '../../../../sync/publisher/signing/key-rotation.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { makeSmallFeed, type SmallFeed } from '../../../sync/publisher/small-feed.ts';
import { card, makeSmallOffice, type SmallOffice, thrownBy } from '../small-office.ts';

const persons = 5;
const accounts = Array.from({ length: persons * 2 }, (_, i) => card(i).account);
const person = (i: number) => ({ name: '张三', phone: `1380000000${i}` });
const consent = { at: 1, textVersion: 'v', basis: 'consent' } as const;

type Step =
  | { readonly kind: 'register'; readonly who: number; readonly second: boolean }
  | { readonly kind: 'take-over'; readonly who: number; readonly card: number }
  | { readonly kind: 'withdraw'; readonly who: number }
  | { readonly kind: 'status'; readonly who: number; readonly status: Status }
  | { readonly kind: 'publish' }
  /** Killed there. */
  | { readonly kind: 'kill'; readonly when: 'taken' | 'published' };

const who = fc.nat(persons - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('register' as const), who, second: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('take-over' as const), who, card: fc.nat(2 * persons - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('status' as const), who, status: fc.constantFrom(...statuses) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), when: fc.constantFrom('taken', 'published') }),
  },
);

/** Dies where it is told to. */
function mortal(queue: PublishQueue, when: 'taken' | 'published' | undefined): PublishQueue {
  let settled = 0;
  const die = () => {
    throw new Error('killed');
  };
  return {
    ...queue,
    settle: version => (when === 'published' && settled++ > 0 ? die() : queue.settle(version)),
    takeChanges(version, most) {
      const changes = queue.takeChanges(version, most);
      return when === 'taken' ? die() : changes;
    },
    takeAll(version) {
      const all = queue.takeAll(version);
      return when === 'taken' ? die() : all;
    },
  };
}

/** As a process would: everything is opened, and left as it is where it dies. */
function publish({ dir }: SmallFeed, { places }: SmallOffice, killed?: 'taken' | 'published') {
  const queue = openPublishQueue(places.office);
  const publisher = openPublisher(dir);
  try {
    return publishNext(mortal(queue, killed), publisher, {}, Date.now());
  } finally {
    publisher.close();
    queue.close();
  }
}

async function open(context: TestContext) {
  const feed = await makeSmallFeed(context);
  const office = await makeSmallOffice(context, [], currentKey(feed.dir));
  const client = feed.client();
  const { people, health } = office.store;
  let moment = 3;

  async function take(given: Step): Promise<void> {
    if (given.kind === 'register') {
      const media = given.second ? [card(given.who), card(given.who + persons)] : [card(given.who)];
      await people.register(person(given.who), media, consent);
    }
    if (given.kind === 'take-over') await people.register(person(given.who), [card(given.card)], consent);
    if (given.kind === 'withdraw') await people.withdraw(person(given.who), 2);
    if (given.kind === 'status') {
      const found = await health.one(person(given.who));
      if (found) await health.settle([{ id: found.id, answer: { status: given.status, at: ++moment } }], 3);
    }
    if (given.kind === 'publish') publish(feed, office);
    if (given.kind === 'kill') await thrownBy(() => publish(feed, office, given.when));
  }
  async function expected(): Promise<Map<string, Status>> {
    const linked = new Map<string, Status>();
    for (let i = 0; i < persons; i++) {
      const found = await people.find(person(i));
      const status = (await health.one(person(i)))?.status ?? 'unknown';
      for (const { account } of found?.links ?? []) linked.set(account, status);
    }
    return linked;
  }
  return {
    feed,
    office,
    take,
    async assertPublished() {
      const published = publish(feed, office);
      await client.sync();
      client.assertHas(await expected(), accounts);
      assert.is((await people.counts()).unpublished, 0);
      return published;
    },
  };
}

suite('publication', test => {
  test('whatever changes and is killed in between', async context => {
    const { take, assertPublished } = await open(context);
    // One after the other on the same feed: each run begins where the one before has ended.
    const anything = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async steps => {
      for (const each of steps) await take(each);
      await assertPublished();
    });
    await fc.assert(anything, { numRuns: 15, endOnFailure: true });
  });

  test('killed, and the same person changes again before the next', async context => {
    const { take, assertPublished } = await open(context);
    await take({ kind: 'register', who: 1, second: false });
    await assertPublished();
    for (const when of ['taken', 'published'] as const) {
      await take({ kind: 'register', who: 1, second: true });
      await take({ kind: 'kill', when });
      await take({ kind: 'withdraw', who: 1 });
      await take({ kind: 'register', who: 1, second: false });
      assert.is((await assertPublished()).how, 'changes');
    }
  });

  test('only what has changed is told, once the feed is known', async context => {
    const { take, assertPublished } = await open(context);
    assert.is((await assertPublished()).how, 'snapshot');
    await take({ kind: 'register', who: 1, second: true });
    const { how, added, removed } = await assertPublished();
    assert.equal([how, added, removed], ['changes', 2, 0]);
    assert.equal((await assertPublished()).added, 0);
    await take({ kind: 'status', who: 1, status: 'red' });
    assert.is((await assertPublished()).statusChanged, 1);
    await take({ kind: 'withdraw', who: 1 });
    assert.is((await assertPublished()).removed, 2);
  });

  test('somebody else has published meanwhile: everything is told', async context => {
    const { feed, take, assertPublished } = await open(context);
    await take({ kind: 'register', who: 1, second: true });
    await assertPublished();
    rotateOnlineKey(feed.dir, Date.now());
    await take({ kind: 'register', who: 2, second: true });
    await assertPublished();
  });

  test('an older copy of the store: the feed says again what that says', async context => {
    const { feed, office, take, assertPublished } = await open(context);
    await take({ kind: 'register', who: 1, second: true });
    await assertPublished();
    // As if it had been put back: the store has never heard of the last version.
    const other = await makeSmallOffice(context, [], currentKey(feed.dir));
    await other.store.people.register(person(2), [card(2)], consent);
    assert.is(publish(feed, other).how, 'snapshot');
    const client = feed.client();
    await client.sync();
    client.assertHas(new Map([[card(2).account, 'unknown']]), accounts);
    assert.ok(await office.store.people.find(person(1)));
  });

  test('as old as the source’s last answer, never newer', async context => {
    const { feed, office } = await open(context);
    const asOf = async () => new Date((await feed.client().sync()).statusAsOf).getTime();
    await office.store.health.sourceAnswered(1_600_000_000_000);
    publish(feed, office);
    assert.is(await asOf(), 1_600_000_000_000);
    await office.store.health.sourceAnswered(Date.now() + 3_600_000);
    const before = Date.now();
    publish(feed, office);
    const published = await asOf();
    assert.ok(published >= before && published <= Date.now());
  });

  test('another fleet key: everybody is found under it after the next start', async context => {
    const { feed, office, take, assertPublished } = await open(context);
    await take({ kind: 'register', who: 1, second: true });
    await take({ kind: 'status', who: 1, status: 'yellow' });
    await assertPublished();
    const key = startEpoch(feed.dir, Date.now());
    const store = openStore(office.places.office, office.vault, key);
    context.after(() => store.close());
    assert.is(publish(feed, office).how, 'snapshot');
    const client = feed.client();
    await client.sync();
    client.assertHas(
      new Map([card(1), card(1 + persons)].map(({ account }) => [account, 'yellow'])),
      accounts,
    );
    assert.equal(await store.people.ownerOf(card(1)), person(1));
  });

  test('a key epoch begins while people register and withdraw: each is found, or not, under the new key', async context => {
    const { feed, office } = await open(context);
    const { people } = office.store;
    const many = Array.from({ length: 1200 }, (_, i) => i);
    const register = (i: number) => people.register(person(i), [card(i)], consent);
    await Promise.all(many.map(register));
    publish(feed, office);
    const key = startEpoch(feed.dir, Date.now());
    const renewed = office.store.useKey(key);
    await Promise.all([register(5000), people.withdraw(person(7), 2), people.withdraw(person(1100), 2)]);
    await renewed;
    await register(5001);
    assert.is(publish(feed, office).how, 'snapshot');
    const client = feed.client();
    await client.sync();
    const linked = [...many, 5000, 5001].filter(i => ![7, 1100].includes(i));
    const all = [...many, 5000, 5001].map(i => card(i).account);
    client.assertHas(new Map(linked.map(i => [card(i).account, 'unknown'])), all);
    assert.equal(await people.ownerOf(card(3)), person(3));
    await people.withdraw(person(5000), 3);
    assert.equal([publish(feed, office).how, (await client.sync()).how], ['changes', 'delta']);
    client.assertHas(new Map(), [card(5000).account]);
  });
});
