import * as assert from 'uvu/assert';
import { codeMemoryMs, createSeenMedia } from '../../../device/core/seen.ts';
import { suite } from '../../harness.ts';

suite('seen media', test => {
  test('the same medium within the window is a repeat, after it a new ride', () => {
    const seen = createSeenMedia(() => 5);
    seen.remember({ token: 'a', codeDigest: undefined, at: 1000 });
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 5999 }), 'repeat');
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 6000 }), 'new');
    assert.is(seen.recall({ token: 'b', codeDigest: undefined, at: 1001 }), 'new');
  });

  test('the same code after the window is used for as long as it could be valid', () => {
    const seen = createSeenMedia(() => 5);
    seen.remember({ token: 'a', codeDigest: 'c1', at: 0 });
    assert.is(seen.recall({ token: 'a', codeDigest: 'c1', at: 4999 }), 'repeat');
    assert.is(seen.recall({ token: 'a', codeDigest: 'c1', at: 60_000 }), 'used');
    assert.is(seen.recall({ token: 'a', codeDigest: 'c2', at: 60_000 }), 'new');
    assert.is(seen.recall({ token: 'a', codeDigest: 'c2', at: 4000 }), 'repeat');
    seen.remember({ token: 'b', codeDigest: 'c3', at: codeMemoryMs + 1 });
    assert.is(seen.recall({ token: 'a', codeDigest: 'c1', at: codeMemoryMs + 1 }), 'new');
  });

  test('a key epoch that begins within the window makes no second ride', () => {
    const seen = createSeenMedia(() => 5);
    seen.remember({ token: 'under the old key', codeDigest: undefined, at: 0 });
    const under = (token: string, ...otherTokens: string[]) => ({
      token,
      otherTokens,
      codeDigest: undefined,
      at: 4000,
    });
    assert.is(seen.recall(under('under the new key', 'under the old key')), 'repeat');
    assert.is(seen.recall(under('another', 'another under the old key')), 'new');
    assert.is(seen.recall({ ...under('under the new key', 'under the old key'), at: 6000 }), 'new');
  });

  test('the window is the policy’s of the moment', () => {
    let windowS = 5;
    const seen = createSeenMedia(() => windowS);
    seen.remember({ token: 'a', codeDigest: undefined, at: 0 });
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 8000 }), 'new');
    windowS = 10;
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 8000 }), 'repeat');
    windowS = 0;
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 1 }), 'new');
  });

  test('a clock that is set by hours between two taps makes no second ride', () => {
    const seen = createSeenMedia(() => 5);
    const tap = (at: number, monotonicMs?: number) => {
      const instant = { at, ...(monotonicMs !== undefined && { monotonicMs }) };
      return { token: 'a', codeDigest: 'c', ...instant };
    };
    seen.remember(tap(2_000_000, 7000));
    assert.is(seen.recall(tap(0, 9000)), 'repeat');
    assert.is(seen.recall(tap(0, 13_000)), 'used');
    assert.is(seen.recall(tap(0, 7000 + codeMemoryMs)), 'new');
    // Read back from the journal: only the time of day is known.
    seen.remember(tap(2_000_000));
    assert.is(seen.recall(tap(0, 9000)), 'new');
    assert.is(seen.recall(tap(2_003_000, 9000)), 'repeat');
  });

  test('a clock set back a little does not open the window again', () => {
    const seen = createSeenMedia(() => 5);
    seen.remember({ token: 'a', codeDigest: undefined, at: 10_000 });
    assert.is(seen.recall({ token: 'a', codeDigest: undefined, at: 9000 }), 'repeat');
  });
});
