import * as assert from 'uvu/assert';
import { type Box, type Effort, keyOf } from '../../../drivers/code-reader/engine.ts';
import type { Look } from '../../../drivers/code-reader/look.ts';
import { createPresence } from '../../../drivers/code-reader/presence.ts';
import { sampleCodes } from '../../contract/code-reader.ts';
import { suite } from '../../harness.ts';

const [a = new Uint8Array(), b = new Uint8Array()] = sampleCodes;
const c = a.with(9, 9);
const sticker = Buffer.from('https://example.com/line2');
const poster = Buffer.from('请出示乘车码');

const held: Box = { left: 0, top: 0, right: 100, bottom: 100 };
const beside: Box = { left: 200, top: 0, right: 240, bottom: 40 };
const boxes = new Map([a, b, c].map(code => [keyOf(code), held]));

interface LookOptions {
  readonly effort?: Effort;
  readonly unread?: readonly Uint8Array[];
}

/** Ride codes are held in one place, and what is no ride code is seen beside it, unless it is to be in `at`. */
function look(
  codes: readonly Uint8Array[],
  { effort = 'fast', unread = [] }: LookOptions = {},
  at?: Box,
): Look {
  const place = (bytes: Uint8Array) => ({
    box: at ?? boxes.get(keyOf(bytes)) ?? beside,
    unrest: new Float32Array(),
    relief: new Float32Array(),
  });
  return { effort, codes: codes.map(bytes => ({ bytes, place: place(bytes) })), unread: unread.map(keyOf) };
}

function watching(goneAfterMs = 1000) {
  const presence = createPresence(goneAfterMs);
  return {
    ...presence,
    see: (codes: readonly Uint8Array[], nowMs: number, options?: LookOptions) =>
      presence.see(look(codes, options), nowMs),
    seeAt: (box: Box, codes: readonly Uint8Array[], nowMs: number) =>
      presence.see(look(codes, {}, box), nowMs),
  };
}

suite('presence', test => {
  test('a code held in view is one presentation', () => {
    const { see } = watching();
    assert.equal(see([a], 0), { bytes: a });
    for (let now = 100; now < 5000; now += 100) assert.is(see([a], now), undefined);
  });

  test('a code missed for less than the limit is still held', () => {
    const { see } = watching();
    see([a], 0);
    see([], 100);
    assert.is(see([a], 1099), undefined);
    see([], 1200);
    assert.is(see([a], 2199), undefined);
  });

  test('a code that was gone is presented again', () => {
    const { see } = watching();
    see([a], 0);
    see([], 100);
    see([], 1100);
    assert.equal(see([a], 1100), { bytes: a });
  });

  test('it is gone when looks have missed it for so long, not when there was none: one frame in five seconds', () => {
    const { see } = watching();
    see([a], 0);
    assert.is(see([a], 5000), undefined);
    assert.is(see([], 10_000), undefined);
    assert.is(see([a], 15_000), undefined);
  });

  test('a look that finds its place as restless as before has not missed it', () => {
    const { see } = watching();
    see([a], 0);
    for (let now = 100; now < 60_000; now += 100) see([], now, { unread: [a] });
    assert.is(see([a], 60_000), undefined);
    see([], 60_100);
    see([], 61_100);
    assert.equal(see([a], 61_200), { bytes: a });
  });

  test('a code that only thorough looks read is not missed by fast ones', () => {
    const { see } = watching();
    see([a], 0, { effort: 'thorough' });
    for (let now = 100; now < 5000; now += 100) see([], now);
    assert.is(see([a], 5000, { effort: 'thorough' }), undefined);
    see([], 5100, { effort: 'thorough' });
    see([], 6100, { effort: 'thorough' });
    assert.equal(see([a], 6200), { bytes: a });
  });

  test('another code is presented at once, and going back and forth presents neither again', () => {
    const { see } = watching();
    see([a], 0);
    assert.equal(see([b], 100, { unread: [a] }), { bytes: b });
    assert.is(see([a], 200), undefined);
    assert.is(see([b], 300), undefined);
  });

  test('a code in whose place another is read is gone, however restless it is', () => {
    const { see } = watching();
    see([a], 0);
    see([b], 100, { unread: [a] });
    see([b], 1100, { unread: [a] });
    assert.equal(see([a], 1200), { bytes: a });
  });

  test('a film of codes fills no memory', () => {
    const { see, held } = watching();
    for (let i = 0; i < 200; i++) see([a.with(9, i)], i);
    assert.ok(held().length <= 32);
  });
});

suite('presence: several codes', test => {
  test('two ride codes are refused once, however the frames flicker, and however seldom they come', () => {
    for (const everyMs of [100, 2000]) {
      const { see } = watching();
      assert.equal(see([a, b], 0), { refused: 'several-codes' });
      assert.is(see([a], everyMs, { unread: [b] }), undefined);
      assert.is(see([b], 2 * everyMs, { unread: [a] }), undefined);
      assert.is(see([a, b], 3 * everyMs), undefined);
      assert.is(see([a, b, c], 4 * everyMs), undefined);
    }
  });

  test('the one that stays is presented when the other is gone for good', () => {
    const { see } = watching();
    see([a, b], 0);
    assert.is(see([a], 100), undefined);
    assert.is(see([a], 1099), undefined);
    assert.equal(see([a], 1100), { bytes: a });
  });

  test('a code taken before another joined it is not presented again', () => {
    const { see } = watching();
    see([a], 0);
    see([a, b], 900);
    see([a], 1800);
    assert.is(see([a], 2800), undefined);
  });
});

suite('presence: codes that buy no ride here', test => {
  test('a sticker beside a ride code takes no turn: the ride code rides, the sticker is nobody', () => {
    const { see } = watching();
    assert.equal(see([sticker, a], 0), { bytes: a });
    assert.is(see([sticker, a], 100), undefined);
    for (let now = 200; now < 5000; now += 100) assert.is(see([sticker], now), undefined);
    assert.equal(see([poster, sticker, b], 5000), { bytes: b });
  });

  test('a text that begins with a byte of ride codes is none', () => {
    const { see } = watching();
    assert.equal(see([poster, a], 0), { bytes: a });
  });

  test('two ride codes and a sticker are two ride codes', () => {
    const { see } = watching();
    assert.equal(see([sticker, a, b], 0), { refused: 'several-codes' });
  });

  test('who shows one is told once; several are told as one', () => {
    const { see } = watching();
    assert.equal(see([sticker], 0), { bytes: sticker });
    assert.is(see([sticker], 100), undefined);
    assert.is(see([], 200), undefined);
    assert.is(see([], 1200), undefined);
    assert.equal(see([sticker, poster], 1300), { bytes: sticker });
    assert.is(see([poster], 1400), undefined);
  });

  test('it waits while a ride code is there that this look could not read', () => {
    const { see } = watching();
    see([a], 0);
    assert.is(see([sticker], 100, { unread: [a] }), undefined);
    assert.is(see([sticker], 200, { unread: [a] }), undefined);
    assert.equal(see([sticker], 300), { bytes: sticker });
  });

  test('another passenger who holds one where a ride code was is told at once', () => {
    const { see, seeAt } = watching();
    see([a], 0);
    assert.equal(seeAt(boxes.get(keyOf(a)) ?? beside, [sticker], 100), { bytes: sticker });
  });

  test('frames with nothing else are searched thoroughly too: a ride code beside it may be hard to read', () => {
    const { see, nextEffort } = watching();
    const efforts = Array.from({ length: 12 }, (_, i) => {
      const effort = nextEffort(i * 10);
      see([sticker], i * 10, { effort });
      return effort;
    });
    assert.is(efforts.filter(effort => effort === 'thorough').length, 4);
  });

  test('where frames come seldom, each without a ride code is searched thoroughly', () => {
    const { see, nextEffort } = watching();
    see([], 0);
    assert.is(nextEffort(250), 'thorough');
    see([], 250, { effort: 'thorough' });
    assert.is(nextEffort(300), 'fast');
    assert.is(nextEffort(500), 'thorough');
  });
});

suite('presence: a code that stands in view', test => {
  /** Until it stands: it is there for ten seconds. */
  function standing() {
    const watched = watching();
    for (let now = 0; now <= 10_000; now += 500) watched.see([sticker], now);
    return watched;
  }

  test('hinders after ten seconds, until it is gone', () => {
    const { see, isHindered } = watching();
    for (let now = 0; now < 10_000; now += 500) {
      see([sticker], now);
      assert.is(isHindered(), false);
    }
    see([sticker], 10_000);
    assert.is(isHindered(), true);
    see([], 10_500);
    assert.is(isHindered(), true);
    see([], 11_500);
    assert.is(isHindered(), false);
  });

  test('a ride code beside it rides; a phone that covers it ends nothing', () => {
    const { see, seeAt, isHindered } = standing();
    assert.equal(see([sticker, a], 10_500), { bytes: a });
    for (let now = 11_000; now < 20_000; now += 500) seeAt(beside, [b], now);
    assert.is(isHindered(), true);
    see([sticker], 20_000);
    assert.is(isHindered(), true);
  });

  test('it is presented no more when it comes back into view, and hinders at once', () => {
    const { see, isHindered } = standing();
    see([], 11_000);
    see([], 12_000);
    assert.is(isHindered(), false);
    assert.is(see([sticker], 13_000), undefined);
    assert.is(isHindered(), true);
    assert.equal(see([sticker, poster], 14_000), { bytes: poster });
  });

  test('after ten minutes it is anybody’s again', () => {
    const { see, isHindered } = standing();
    see([], 11_000);
    see([], 12_000);
    assert.equal(see([sticker], 611_000), { bytes: sticker });
    assert.is(isHindered(), false);
  });

  test('a ride code that stays in view hinders nobody', () => {
    const { see, isHindered } = watching();
    for (let now = 0; now < 30_000; now += 500) see([a], now);
    assert.is(isHindered(), false);
  });
});
