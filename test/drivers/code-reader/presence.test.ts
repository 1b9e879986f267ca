import * as assert from 'uvu/assert';
import { createPresence } from '../../../drivers/code-reader/presence.ts';
import { suite } from '../../harness.ts';

const a = Uint8Array.of(1);
const b = Uint8Array.of(2);

suite('presence', test => {
  test('a code held in view is one presentation', () => {
    const { see } = createPresence(1000);
    assert.equal(see([a], 0), { bytes: a });
    for (let now = 100; now < 5000; now += 100) assert.is(see([a], now), undefined);
  });

  test('a code lost for less than the limit is still held', () => {
    const { see } = createPresence(1000);
    see([a], 0);
    see([], 500);
    assert.is(see([a], 999), undefined);
    assert.is(see([a], 1998), undefined);
  });

  test('a code that was gone is presented again', () => {
    const { see } = createPresence(1000);
    see([a], 0);
    assert.equal(see([a], 1000), { bytes: a });
  });

  test('another code is presented at once, and going back and forth presents neither again', () => {
    const { see } = createPresence(1000);
    see([a], 0);
    assert.equal(see([b], 100), { bytes: b });
    assert.is(see([a], 200), undefined);
    assert.is(see([b], 300), undefined);
  });

  test('several codes are refused once, however the frames flicker', () => {
    const { see } = createPresence(1000);
    assert.equal(see([a, b], 0), { refused: 'several-codes' });
    assert.is(see([a], 100), undefined);
    assert.is(see([b], 200), undefined);
    assert.is(see([a, b], 300), undefined);
  });

  test('the one that stays is presented when the other is gone for good', () => {
    const { see } = createPresence(1000);
    see([a, b], 0);
    assert.is(see([a], 999), undefined);
    assert.equal(see([a], 1000), { bytes: a });
  });

  test('a code taken before another joined it is not presented again', () => {
    const { see } = createPresence(1000);
    see([a], 0);
    see([a, b], 900);
    see([a], 1800);
    assert.is(see([a], 2000), undefined);
  });
});
