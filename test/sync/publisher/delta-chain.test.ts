/** Chains lead from the snapshot, and from every version of late, to the newest in a few steps. */
import * as assert from 'uvu/assert';
import { cheapestChain } from '../../../sync/client/plan.ts';
import type { Delta } from '../../../sync/feed/index-file.ts';
import { extendChain } from '../../../sync/publisher/delta-chain.ts';
import { suite } from '../../harness.ts';

const snapshot = 7;

/** Its file's name says which steps it is made of. */
function step(version: number): Delta {
  return { from: version - 1, to: version, file: { sha256: `${version}`, length: 100, size: 0 } };
}

function merge(deltas: readonly Delta[]) {
  const sha256 = deltas.map(({ file }) => file.sha256).join();
  return { sha256, length: 90 * deltas.length, size: 0 };
}

/** The chains of each version after the snapshot. */
function* chains(versions: number): Generator<[number, Delta[]]> {
  let chain: Delta[] = [];
  for (let version = snapshot + 1; version <= snapshot + versions; version++) {
    chain = extendChain(chain, snapshot, step(version), merge);
    yield [version, chain];
  }
}

const stepsFrom = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + 1 + i}`).join();

suite('feed publisher: delta chain', test => {
  test('every step from the snapshot to any version is in its chain, once and in order', () => {
    for (const [version, chain] of chains(5000)) {
      const files = cheapestChain(chain, snapshot, version, new Set());
      assert.is(files?.map(({ sha256 }) => sha256).join(), stepsFrom(snapshot, version));
    }
  });

  test('a longer delta that would be too large is left out, and what is made of it', () => {
    let chain: Delta[] = [];
    for (let version = snapshot + 1; version <= snapshot + 300; version++) {
      const tooLarge = (deltas: readonly Delta[]) =>
        deltas[0]?.from === snapshot + 32 ? undefined : merge(deltas);
      chain = extendChain(chain, snapshot, step(version), tooLarge);
      const files = cheapestChain(chain, snapshot, version, new Set());
      // The steps it would be made of are offered for a while; then a snapshot is due.
      if (version - snapshot < 64)
        assert.is(files?.map(({ sha256 }) => sha256).join(), stepsFrom(snapshot, version));
    }
    assert.is(cheapestChain(chain, snapshot, snapshot + 300, new Set()), undefined);
  });

  test('a chain is of few deltas, and few are offered', () => {
    for (const [version, chain] of chains(5000)) {
      const files = cheapestChain(chain, snapshot, version, new Set()) ?? [];
      assert.ok(files.length <= 4 * 15, `${files.length} to ${version}`);
      assert.ok(chain.length <= 3 * 32 + Math.floor((version - snapshot) / 4096), `${chain.length}`);
      assert.is(new Set(chain.map(({ from, to }) => `${from}-${to}`)).size, chain.length);
    }
  });

  test('each delta is made of the steps between its versions', () => {
    for (const [, chain] of chains(600)) {
      for (const { from, to, file } of chain) assert.is(file.sha256, stepsFrom(from, to));
    }
  });

  test('whoever has one of the last 32 versions needs steps only', () => {
    for (const [version, chain] of chains(300)) {
      for (let from = Math.max(snapshot, version - 32); from < version; from++) {
        const files = cheapestChain(chain, from, version, new Set());
        assert.is(files?.map(({ sha256 }) => sha256).join(), stepsFrom(from, version));
      }
    }
  });

  test('merges only what is due', () => {
    let merges = 0;
    const counting = (deltas: readonly Delta[]) => {
      merges++;
      assert.is(deltas.length, 16);
      return merge(deltas);
    };
    let chain: Delta[] = [];
    for (let version = snapshot + 1; version <= snapshot + 512; version++)
      chain = extendChain(chain, snapshot, step(version), counting);
    assert.is(merges, 512 / 16 + 512 / 256);
  });
});
