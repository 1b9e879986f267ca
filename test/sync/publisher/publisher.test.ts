/** Whatever changes from version to version, validators have just what the table says. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Status, statuses } from '../../../device/core/check.ts';
import { startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { openPublisher } from '../../../sync/publisher/publisher.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { suite } from '../../harness.ts';
import { account, digestsOf, expectedOf, makeSmallFeed, publishRows, row } from './small-feed.ts';

const accounts = Array.from({ length: 24 }, (_, i) => account(i));
const persons = 10;

type Change =
  | { readonly kind: 'link'; readonly medium: number; readonly person: number }
  | { readonly kind: 'unlink'; readonly medium: number }
  | { readonly kind: 'leave'; readonly person: number }
  | { readonly kind: 'status'; readonly person: number; readonly status: Status };

const medium = fc.nat(accounts.length - 1);
const person = fc.nat(persons - 1);
const status = fc.constantFrom(...statuses);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('link' as const), medium, person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unlink' as const), medium }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), person }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('status' as const), person, status }) },
);

interface Version {
  readonly changes: readonly Change[];
  readonly rotates: boolean;
  readonly reopens: boolean;
  readonly isFollowed: boolean;
}

const version: fc.Arbitrary<Version> = fc.record({
  changes: fc.array(change, { maxLength: 12 }),
  rotates: fc.integer({ min: 0, max: 7 }).map(n => n === 0),
  reopens: fc.boolean(),
  isFollowed: fc.integer({ min: 0, max: 2 }).map(n => n === 0),
});

/** Who has which medium, and their statuses. */
function createModel() {
  const owners = new Map<number, number>();
  const statusOf: Status[] = Array(persons).fill('green');
  return {
    apply(changed: Change) {
      if (changed.kind === 'link') owners.set(changed.medium, changed.person);
      if (changed.kind === 'unlink') owners.delete(changed.medium);
      if (changed.kind === 'status') statusOf[changed.person] = changed.status;
      if (changed.kind !== 'leave') return;
      for (const [owned, owner] of [...owners]) if (owner === changed.person) owners.delete(owned);
    },
    rows: (): Link[] => [...owners].map(([owned, by]) => row(owned, `p${by}`, statusOf[by] ?? 'unknown')),
  };
}

suite('feed publisher', test => {
  test('a new validator and one that follows now and then have what the table says', async context => {
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 2, maxLength: 9 }), async versions => {
        const feed = await makeSmallFeed(context);
        const follower = feed.client();
        const model = createModel();
        let publisher = openPublisher(feed.dir);
        let before: Link[] = [];
        for (const { changes, rotates, reopens, isFollowed } of versions) {
          if (rotates) startEpoch(feed.dir, Date.now());
          if (rotates || reopens) {
            publisher.close();
            publisher = openPublisher(feed.dir);
          }
          changes.forEach(model.apply);
          const rows = model.rows();
          const published = publishRows(feed, publisher, before, rows);
          before = rows;
          assert.is(published.links, rows.length);
          const clients = [feed.client(), ...(isFollowed ? [follower] : [])];
          for (const client of clients) {
            assert.is((await client.sync()).version, published.version);
            client.assertHas(expectedOf(rows), accounts);
            assert.equal(client.digests(), digestsOf(feed.places.cache, feed.dir));
          }
        }
        publisher.close();
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  test('over many versions followers have what the table says, however rarely they ask', async context => {
    const feed = await makeSmallFeed(context);
    const publisher = openPublisher(feed.dir);
    const followers = [1, 7, 20, 39].map(every => ({ every, client: feed.client() }));
    let before: Link[] = [];
    for (let number = 1; number <= 40; number++) {
      const rows = accounts
        .map((_, i) => row(i, `p${i % 7}`, statuses[((i % 7) + number) % 5] ?? 'unknown'))
        .filter((_, i) => (i + number) % 5 > 0);
      publishRows(feed, publisher, before, rows);
      before = rows;
      for (const { every, client } of followers) {
        if (number % every > 0) continue;
        const { how } = await client.sync();
        if (every === 1) assert.is(how, number === 1 ? 'snapshot' : 'delta');
        client.assertHas(expectedOf(rows), accounts);
      }
    }
    publisher.close();
  });

  test('counts what it changed', async context => {
    const feed = await makeSmallFeed(context);
    const publisher = openPublisher(feed.dir);
    context.after(() => publisher.close());
    const [a, b] = [row(1, 'a', 'green'), row(2, 'b', 'green')];
    const counted = (old: Link[], fresh: Link[]) => {
      const { added, removed, statusChanged, links } = publishRows(feed, publisher, old, fresh);
      return [links, added, removed, statusChanged];
    };
    assert.equal(counted([], [a, b]), [2, 2, 0, 0]);
    assert.equal(counted([a, b], [a, { ...b, status: 'red' }]), [2, 0, 0, 1]);
    assert.equal(counted([a, { ...b, status: 'red' }], [a]), [1, 0, 1, 0]);
    assert.equal(counted([a], [a]), [1, 0, 0, 0]);
    assert.equal(counted([a], [row(1, 'b', 'red')]), [1, 1, 1, 0]);
  });
});
