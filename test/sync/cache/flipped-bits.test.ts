/** One flipped bit anywhere in a generation: what a failing disk may make of it, and what it never may. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../sim/media/random.ts';
import { applyChanges } from '../../../sync/cache/apply-changes.ts';
import { checkGeneration } from '../../../sync/cache/check-generation.ts';
import { type Generation, openGeneration } from '../../../sync/cache/generation.ts';
import { createLookUp } from '../../../sync/cache/look-up.ts';
import { type Links, noSlot } from '../../../sync/feed/links.ts';
import { tokenOf } from '../../../sync/fleet-keys.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { account, contentOf, current, key, writeSmallCache } from './small-cache.ts';

const persons = 600;
const strangers = 60;
const flips = 400;
const tokens = Array.from({ length: persons + strangers }, (_, i) => tokenOf(key, 't-union', account(i)));

/** What each account is told: a status, `not found`, or `unavailable`. */
function lookUpAll(generation: Generation): string[] {
  const lookUp = createLookUp(generation);
  return tokens.map(token => {
    try {
      const found = lookUp(token);
      if (found === 'another version' || 'unavailable' in found) return 'unavailable';
      return found.found ? found.status : 'not found';
    } catch {
      return 'unavailable';
    }
  });
}

/** @returns undefined where it cannot be opened: then nobody reads anything in it */
function openIfWhole(path: string): Generation | undefined {
  try {
    return openGeneration(path, [key], { readonly: true });
  } catch {
    return undefined;
  }
}

function isWhole(generation: Generation): boolean {
  try {
    for (const _ of checkGeneration(generation));
    return true;
  } catch {
    return false;
  }
}

/** Of every three links one is taken away, one gets the next one's slot. */
function changeMany(path: string): void {
  const { links, statuses } = contentOf({ persons });
  const pick = (rest: number, slotOf: (i: number) => number): Links => {
    const rows = [...links.tokens.keys()].filter(i => i % 3 === rest);
    return {
      tokens: BigUint64Array.from(rows, i => links.tokens[i] ?? 0n),
      slots: Uint32Array.from(rows, slotOf),
    };
  };
  const changes = [pick(0, () => noSlot), pick(1, i => links.slots[(i + 1) % persons] ?? noSlot)];
  const generation = openGeneration(path, [key], {});
  const { db, state } = generation;
  applyChanges(generation, { links: changes, statuses, slotCounts: [...statuses.counts] }, reached => {
    const partitions = state.partitions.map((before, i) => ({ ...before, ...reached.partitions[i] }));
    return { ...state, version: 2, statusDigest: reached.statusDigest, partitions };
  });
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** @returns how often accounts that are linked were not found */
function flipEverywhere(directory: string, seed: number): number {
  const whole = openGeneration(current(directory), [key], { readonly: true });
  const truth = lookUpAll(whole);
  assert.ok(isWhole(whole));
  whole.db.close();
  for (const status of ['unknown', 'green', 'yellow', 'red', 'popup', 'not found']) {
    assert.ok(truth.filter(seen => seen === status).length >= strangers, status);
  }
  const bytes = readFileSync(current(directory));
  const random = createRandom(seed);
  const flipped = join(directory, 'flipped');
  let lost = 0;
  for (let i = 0; i < flips; i++) {
    const bit = Math.floor(random.next() * bytes.length * 8);
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    for (const end of ['', '-wal', '-shm']) rmSync(flipped + end, { force: true });
    writeFileSync(flipped, copy);
    const generation = openIfWhole(flipped);
    if (generation === undefined) continue;
    const wrong = lookUpAll(generation)
      .map((seen, account) => `${truth[account]} → ${seen}`)
      .filter((seen, account) => seen !== `${truth[account]} → ${truth[account]}`);
    const misread = wrong.filter(seen => !/ → (unavailable|not found)$/.test(seen));
    assert.equal(misread, [], `byte ${bit >> 3}, bit ${bit & 7}`);
    const missed = wrong.filter(seen => seen.endsWith('not found'));
    if (missed.length > 0) {
      lost++;
      assert.is(isWhole(generation), false, `byte ${bit >> 3}, bit ${bit & 7}: found by the slow check`);
    }
    generation.db.close();
  }
  return lost;
}

suite('flipped bits', test => {
  test('in a generation as it was built: the truth, unavailable, or a link lost, which the slow check notices', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons });
    assert.ok(flipEverywhere(directory, 1) < flips / 4);
  });

  test('in a generation with changes: never what a link was before it was changed', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons });
    changeMany(current(directory));
    assert.ok(flipEverywhere(directory, 2) < flips / 4);
  });

  test('a lost change is damage, and never uncovers the link under it', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons });
    changeMany(current(directory));
    const before = openGeneration(current(directory), [key], {});
    const truth = lookUpAll(before);
    before.db.exec('DELETE FROM change WHERE rowid IN (SELECT rowid FROM change WHERE value <> -1 LIMIT 50)');
    const after = lookUpAll(before);
    before.db.close();
    const wrong = after.filter((seen, i) => seen !== truth[i]);
    assert.ok(wrong.length >= 50);
    assert.equal([...new Set(wrong)], ['unavailable']);
  });
});
