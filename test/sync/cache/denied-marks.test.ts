/** Denied media in a cache: found in the same look-up as the link, counted, and never lost without notice. */
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { applyChanges } from '../../../sync/cache/apply-changes.ts';
import { checkGeneration } from '../../../sync/cache/check-generation.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { writeState } from '../../../sync/cache/generation-rows.ts';
import { writeCache } from '../../../sync/cache/write-cache.ts';
import { deniedSlot, markOf, withMarks } from '../../../sync/feed/denied-marks.ts';
import { noSlot, tokenNumber } from '../../../sync/feed/links.ts';
import { tokenOf } from '../../../sync/fleet-keys.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { account, asOf, contentOf, current, find, key, openStore } from './small-cache.ts';

const persons = 40;
const mark = (i: number) => markOf(tokenNumber(tokenOf(key, 't-union', account(i))));
const marks = (...numbers: number[]) => BigUint64Array.from(numbers, mark).sort();

/** 40 persons; some of them denied, and one, number 50, who is not linked. */
function writeDenied(context: TestContext, ...numbers: number[]): string {
  const directory = temporaryDirectory(context);
  const content = contentOf({ persons, statusOf: () => 'green' });
  writeCache(directory, { ...content, links: withMarks(content.links, marks(...numbers)) });
  return directory;
}

/** As a delta does. */
function change(directory: string, i: number, slot: number): void {
  const generation = openGeneration(current(directory), [key], {});
  const before = generation.state;
  const changes = {
    links: [{ tokens: marks(i), slots: Uint32Array.of(slot) }],
    statuses: [],
    slotCounts: before.partitions.map(({ slots }) => slots),
  };
  applyChanges(generation, changes, ({ partitions }) => ({
    ...before,
    version: before.version + 1,
    partitions: partitions.map((each, at) => ({ ...each, slots: before.partitions[at]?.slots ?? 0 })),
  }));
  generation.db.close();
}

const deniedIn = (store: Parameters<typeof find>[0]) =>
  Array.from({ length: 60 }, (_, i) => i).filter(i => {
    const link = find(store, i);
    return 'denied' in link && link.denied;
  });

function checkAll(directory: string): void {
  const generation = openGeneration(current(directory), [key], { readonly: true });
  try {
    for (const _ of checkGeneration(generation));
  } finally {
    generation.db.close();
  }
}

suite('link store: denied media', test => {
  test('are found beside their links and without one, and count as no links', context => {
    const { store, states } = openStore(context, writeDenied(context, 3, 7, 50));
    assert.equal(deniedIn(store), [3, 7, 50]);
    const dates = { linksAsOf: asOf, statusAsOf: asOf + 1 };
    assert.equal(find(store, 3), { found: true, denied: true, status: 'green', ...dates });
    assert.equal(find(store, 50), { found: false, denied: true, linksAsOf: asOf });
    assert.equal(find(store, 51), { found: false, denied: false, linksAsOf: asOf });
    const state = states.at(-1);
    assert.equal(state?.usable && [state.links, state.slots, state.denied], [persons, persons, 3]);
  });

  test('a mark is nobody’s link: who has its token is not found', context => {
    const { store } = openStore(context, writeDenied(context, 3));
    const token = Buffer.alloc(8);
    token.writeBigUInt64BE(mark(3));
    assert.equal(store.find(token), { found: false, denied: false, linksAsOf: asOf });
  });

  test('come and go by deltas', context => {
    const directory = writeDenied(context, 3);
    const { store } = openStore(context, directory);
    const after = (i: number, slot: number) => {
      change(directory, i, slot);
      store.lookAfter();
      const state = store.describe();
      const found = deniedIn(store);
      assert.is(state.usable && state.denied, found.length);
      checkAll(directory);
      return found;
    };
    assert.equal(after(50, deniedSlot), [3, 50]);
    assert.equal(after(3, noSlot), [50]);
    assert.equal(after(50, deniedSlot), [50]);
    assert.equal(after(50, noSlot), []);
    assert.equal(after(50, noSlot), []);
    assert.equal(after(7, deniedSlot), [7]);
  });

  test('a mark that a disk has lost or changed is damage: at once, or in the slow check', context => {
    const lost = writeDenied(context, 3);
    const db = new Database(current(lost));
    db.prepare('DELETE FROM link WHERE rowid = ?').run(BigInt.asIntN(64, mark(3)));
    db.close();
    assert.throws(() => checkAll(lost), /holds other links than announced/);

    const changed = writeDenied(context, 3);
    change(changed, 7, deniedSlot);
    for (const statement of ['UPDATE change SET value = value + 1', 'DELETE FROM change']) {
      const db = new Database(current(changed));
      db.prepare(`${statement} WHERE rowid = ?`).run(BigInt.asIntN(64, mark(7)));
      db.close();
      const { store, damaged } = openStore(context, changed);
      assert.ok('unavailable' in find(store, 7), statement);
      assert.is(damaged.length, 1);
    }
  });

  test('a generation of firmware that knew no marks is used as it is, and taken further', context => {
    const directory = writeDenied(context, 3, 7);
    const { db, seals, state } = openGeneration(current(directory), [key], {});
    writeState(db, seals, { ...state, denied: 0 });
    db.exec('ALTER TABLE feed DROP COLUMN denied');
    db.close();
    const { store } = openStore(context, directory);
    assert.equal(deniedIn(store), [3, 7]);
    change(directory, 50, deniedSlot);
    change(directory, 3, noSlot);
    store.lookAfter();
    assert.equal(deniedIn(store), [7, 50]);
    const now = store.describe();
    assert.equal(now.usable && [now.links, now.denied], [persons, 2]);
    checkAll(directory);
  });

  test('how many there are is under the state’s seal', context => {
    const directory = writeDenied(context, 3, 7);
    const db = new Database(current(directory));
    db.exec('UPDATE feed SET denied = 0');
    db.close();
    assert.throws(() => openGeneration(current(directory), [key], {}), /the state is damaged/);
  });
});
