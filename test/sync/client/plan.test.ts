/** The plan is the cheapest way there is, by whoever counts all of them. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type CachedState, cheapestChain, filesOf, planSync } from '../../../sync/client/plan.ts';
import type { FileRef } from '../../../sync/feed/feed-file.ts';
import type { Delta, FeedIndex } from '../../../sync/feed/index-file.ts';
import { suite } from '../../harness.ts';
import { assertFeedError } from '../feed/damage.ts';

const none: ReadonlySet<string> = new Set();
const bytesOf = (files: readonly FileRef[]) => files.reduce((sum, { length }) => sum + length, 0);
const file = (name: string, length: number): FileRef => ({ sha256: name, length, size: length });
const delta = (from: number, to: number, length: number, kind = 'l'): Delta => ({
  from,
  to,
  file: file(`${kind}${from}-${to}`, length),
});

/** Every chain there is, tried in turn. */
function cheapestByTrying(deltas: readonly Delta[], from: number, to: number): number {
  if (from === to) return 0;
  const rest = deltas
    .filter(next => next.from === from && next.to <= to)
    .map(next => next.file.length + cheapestByTrying(deltas, next.to, to));
  return Math.min(Number.POSITIVE_INFINITY, ...rest);
}

const deltas = fc.array(
  fc
    .tuple(fc.nat(8), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 50 }))
    .map(([from, over, length]) => delta(from, from + over, length)),
  { maxLength: 14 },
);

interface Sizes {
  readonly partition?: number;
  readonly status?: number;
  readonly linkDeltas?: readonly Delta[];
  readonly statusDeltas?: readonly Delta[];
}

/** Version 9 of a feed whose snapshot, version 5, has links in partitions 0 and 1. */
function index({ partition = 100, status = 40, linkDeltas = [], statusDeltas = [] }: Sizes): FeedIndex {
  const all = Array.from({ length: 256 }, (_, i) => ({ links: i < 2 ? 7 : 0, slots: 9, digest: `d${i}` }));
  return {
    format: 1,
    version: 9,
    keyId: 'k1',
    links: 14,
    snapshot: {
      version: 5,
      partitions: all.map((one, i) => ({ ...one, file: i < 2 ? file(`p${i}`, partition) : null })),
    },
    partitions: all,
    linkDeltas: [...linkDeltas],
    status: { file: file('status', status), sha256: 's', deltas: [...statusDeltas] },
  };
}

const chain = [delta(5, 8, 10), delta(8, 9, 10)];
const statusChain = [delta(5, 8, 3, 's'), delta(8, 9, 3, 's')];

function cached(change: Partial<CachedState> = {}): CachedState {
  const partitions = Array.from({ length: 256 }, (_, i) => ({ links: i < 2 ? 6 : 0, digest: `other ${i}` }));
  return { version: 8, snapshot: 5, keyId: 'k1', partitions, statusDigest: 's', ...change };
}

function names(feed: FeedIndex, from: CachedState | undefined, unusable: readonly string[] = []): string {
  const plan = planSync(feed, from, new Set(unusable));
  return [plan.how, ...filesOf(plan).map(({ sha256 }) => sha256)].join(' ');
}

suite('feed client: plan', test => {
  test('a chain of deltas is the cheapest of all', () => {
    fc.assert(
      fc.property(deltas, fc.nat(4), fc.integer({ min: 4, max: 12 }), (drawn, from, to) => {
        const found = cheapestChain(drawn, from, to, none);
        const expected = cheapestByTrying(drawn, from, to);
        assert.is(found === undefined ? Number.POSITIVE_INFINITY : bytesOf(found), expected);
      }),
      { numRuns: 500 },
    );
  });

  test('it leads from one version to the other without a gap, and uses nothing unusable', () => {
    fc.assert(
      fc.property(deltas, fc.nat(3), (drawn, cut) => {
        const unusable = new Set(drawn.slice(0, cut).map(one => one.file.sha256));
        const found = cheapestChain(drawn, 0, 8, unusable);
        const usable = drawn.filter(one => !unusable.has(one.file.sha256));
        assert.is(found === undefined, cheapestByTrying(usable, 0, 8) === Number.POSITIVE_INFINITY);
        let at = 0;
        for (const { sha256 } of found ?? []) {
          assert.not(unusable.has(sha256));
          const [from, to] = sha256.slice(1).split('-').map(Number);
          assert.is(from, at);
          at = to ?? Number.NaN;
        }
        if (found !== undefined) assert.is(at, 8);
      }),
      { numRuns: 500 },
    );
  });

  test('the order of the deltas does not matter', () => {
    assert.equal(cheapestChain(chain.toReversed(), 5, 9, none), cheapestChain(chain, 5, 9, none));
    assert.equal(cheapestChain(chain, 9, 9, none), []);
    assert.is(cheapestChain(chain, 9, 5, none), undefined);
  });

  test('nothing is fetched for the version that is cached', () => {
    const feed = index({ linkDeltas: chain, statusDeltas: statusChain });
    const same = { version: 9, partitions: feed.partitions };
    assert.is(names(feed, cached(same)), 'none');
    assert.equal(filesOf(planSync(feed, cached(same), none)), []);
    // The same number, given to something else by whoever had the keys.
    assert.match(names(feed, cached({ ...same, statusDigest: 'other' })), 'status');
    assert.match(names(feed, cached({ version: 9 })), 'p0 p1');
  });

  test('deltas, of statuses too or all statuses at once, whichever is less', () => {
    const feed = index({ linkDeltas: chain, statusDeltas: statusChain });
    assert.is(names(feed, cached()), 'delta l8-9 s8-9');
    assert.is(names(feed, cached({ version: 5 })), 'delta l5-8 l8-9 s5-8 s8-9');
    const dear = index({ linkDeltas: chain, statusDeltas: [delta(8, 9, 41, 's')] });
    assert.is(names(dear, cached()), 'delta l8-9 status');
    assert.is(names(index({ linkDeltas: chain }), cached()), 'delta l8-9 status');
  });

  test('a snapshot where it is cheaper than the deltas', () => {
    const feed = index({ partition: 1, status: 1, linkDeltas: [delta(5, 9, 1), delta(8, 9, 50)] });
    assert.is(names(feed, cached()), 'snapshot p0 p1 l5-9 status');
  });

  test('a snapshot for nothing cached, another snapshot’s numbering, another key, a later version', () => {
    const feed = index({ linkDeltas: [...chain], statusDeltas: statusChain });
    const whole = 'snapshot p0 p1 l5-8 l8-9 status';
    assert.is(names(feed, undefined), whole);
    assert.is(names(feed, cached({ snapshot: 4 })), whole);
    assert.is(names(feed, cached({ keyId: 'k0' })), whole);
    assert.is(names(feed, cached({ keyId: 'k0', version: 9 })), whole);
    assert.is(names(feed, cached({ version: 10 })), whole);
  });

  test('partitions that are cached already are not fetched, unless they are under another key', () => {
    const feed = index({ linkDeltas: chain });
    const partitions = cached().partitions.with(1, { links: 7, digest: 'd1' });
    const plan = planSync(feed, cached({ snapshot: 4, partitions }), none);
    assert.equal(plan.how === 'snapshot' && plan.partitions.slice(0, 3), [
      feed.snapshot.partitions[0]?.file,
      'as cached',
      null,
    ]);
    assert.is(names(feed, cached({ snapshot: 4, partitions }), ['p1']), 'snapshot p0 l5-8 l8-9 status');
    assert.match(names(feed, cached({ keyId: 'k0', snapshot: 4, partitions })), 'p0 p1');
    const fewer = partitions.with(1, { links: 6, digest: 'd1' });
    assert.match(names(feed, cached({ snapshot: 4, partitions: fewer })), 'p0 p1');
  });

  test('the plan avoids unavailable files', () => {
    const feed = index({ linkDeltas: [...chain, delta(5, 9, 30)], statusDeltas: statusChain });
    assert.is(names(feed, cached(), ['s8-9']), 'delta l8-9 status');
    assert.is(names(feed, cached(), ['status']), 'delta l8-9 s8-9');
    assert.is(names(feed, cached(), ['l8-9']), 'snapshot p0 p1 l5-9 status');
    assert.is(names(feed, cached({ version: 5 }), ['l5-8']), 'delta l5-9 s5-8 s8-9');
  });

  test('no way left', () => {
    const feed = index({ linkDeltas: chain, statusDeltas: statusChain });
    for (const unusable of [['l8-9'], ['p0', 'l8-9'], ['status', 's8-9']])
      assertFeedError(() => names(feed, cached(), unusable), /version 9: no files lead to it/);
    for (const unusable of [['p1'], ['l5-8'], ['status']])
      assertFeedError(() => names(feed, undefined, unusable), /no files/);
  });
});
