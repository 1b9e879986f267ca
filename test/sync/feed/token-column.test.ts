/** Token columns give back the tokens they were made of, in as few bytes as the gaps allow. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { decodeTokens, encodeTokens, type TokenColumn } from '../../../sync/feed/token-column.ts';
import { suite } from '../../harness.ts';
import { lastToken, tokensOf } from './arbitrary.ts';
import { assertFeedError } from './damage.ts';

const decoded = (column: TokenColumn, start = 0n) => decodeTokens(column, start, 'test');

suite('feed: token column', test => {
  test('gives back any ascending tokens of any range', () => {
    const range = fc.tuple(fc.bigInt(0n, lastToken), fc.bigInt(0n, lastToken));
    const drawn = range.chain(([a, b]) => {
      const [first, last] = a < b ? [a, b] : [b, a];
      return tokensOf(first, last).map(tokens => ({ first, tokens }));
    });
    fc.assert(
      fc.property(drawn, ({ first, tokens }) => {
        const column = encodeTokens(tokens, first);
        assert.equal(decoded(column, first), tokens);
        assert.is(column.heads.length, tokens.length);
        assert.is(column.lows.length, tokens.length * column.lowBytes);
      }),
      { numRuns: 400 },
    );
  });

  test('the lows have as many bytes as the widest gap needs, 1 to 8', () => {
    for (let lowBytes = 1; lowBytes <= 8; lowBytes++) {
      const widest = lowBytes === 8 ? lastToken - 5n : 2n ** BigInt(8 * lowBytes + 7) - 1n;
      const narrowest = lowBytes === 1 ? 1n : 2n ** BigInt(8 * lowBytes - 1);
      for (const gap of [narrowest, widest]) {
        const tokens = BigUint64Array.of(1n, 1n + gap, 2n + gap);
        const column = encodeTokens(tokens, 0n);
        assert.is(column.lowBytes, lowBytes, `gap ${gap}`);
        assert.equal(decoded(column), tokens);
      }
    }
  });

  test('none, one, and the first and last token of the range', () => {
    for (const tokens of [[], [0n], [lastToken], [0n, lastToken], [0n, 1n, lastToken - 1n, lastToken]]) {
      const column = encodeTokens(BigUint64Array.from(tokens), 0n);
      assert.equal([...decoded(column)], tokens);
    }
  });

  test('the flag bit of the heads changes no token', () => {
    fc.assert(
      fc.property(tokensOf(0n, lastToken), tokens => {
        const column = encodeTokens(tokens, 0n);
        assert.ok(column.heads.every(head => (head & 1) === 0));
        assert.equal(decoded({ ...column, heads: column.heads.map(head => head | 1) }), tokens);
      }),
    );
  });

  test('a token that comes twice, or leaves 64 bits, is refused', () => {
    const twice = { lowBytes: 1, heads: Uint8Array.of(0, 0), lows: Uint8Array.of(7, 0) };
    assertFeedError(() => decoded(twice), /twice/);
    const beyond = { lowBytes: 1, heads: Uint8Array.of(0), lows: Uint8Array.of(1) };
    assert.equal([...decoded(beyond, lastToken - 1n)], [lastToken]);
    assertFeedError(() => decoded(beyond, lastToken), /leaves its range/);
    const far = { lowBytes: 8, heads: Uint8Array.of(0, 0), lows: new Uint8Array(16).fill(0xff) };
    assertFeedError(() => decoded(far), /leaves its range/);
  });
});
