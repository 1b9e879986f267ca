/** What is kept of the persons: found again one by one and all in order, whatever has changed since the snapshot. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { PersonColumns } from '../../../sync/publisher/assign-slots.ts';
import { openPersonStore, type Person, type PersonStore } from '../../../sync/publisher/person-store.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** Some of the same bucket, some far apart. */
const numbers = [
  0n,
  1n,
  2n ** 50n,
  2n ** 50n + 7n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 2n,
  2n ** 64n - 1n,
];
const person = fc.record(
  { slot: fc.nat(2 ** 31 - 1), media: fc.integer({ min: 1, max: 300 }) },
  { noNullPrototype: true },
);
const gone = fc.constant({ slot: 0, media: 0 });
const some = (each: fc.Arbitrary<Person>) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...numbers), each), { selector: ([number]) => number })
    .map(persons => persons.sort(([a], [b]) => (a < b ? -1 : 1)));

function columns(persons: readonly (readonly [bigint, Person])[]): PersonColumns {
  return {
    numbers: BigUint64Array.from(persons, ([number]) => number),
    slots: Uint32Array.from(persons, ([, { slot }]) => slot),
    media: Uint32Array.from(persons, ([, { media }]) => media),
  };
}

function everybody(store: PersonStore): [bigint, Person][] {
  return [...store.all()].flatMap(({ numbers, slots, media }) =>
    Array.from(numbers, (number, i): [bigint, Person] => [
      number,
      { slot: slots[i] ?? 0, media: media[i] ?? 0 },
    ]),
  );
}

suite('feed publisher: person store', test => {
  test('holds a snapshot and what was changed since', context => {
    const path = join(temporaryDirectory(context), 'persons.sqlite');
    const versions = fc.array(some(fc.oneof(person, gone)), { maxLength: 4 });
    fc.assert(
      fc.property(some(person), versions, (snapshot, changes) => {
        let store = openPersonStore(path);
        const expected = new Map<bigint, Person>(snapshot);
        store.replace(1, columns(snapshot));
        for (const [i, changed] of changes.entries()) {
          store.change(i + 2, columns(changed));
          for (const [number, now] of changed) {
            if (now.media > 0) expected.set(number, now);
            else expected.delete(number);
          }
        }
        store.close();
        store = openPersonStore(path);
        assert.is(store.version(), changes.length + 1);
        for (const number of numbers) assert.equal(store.find(number), expected.get(number));
        assert.equal(
          everybody(store),
          [...expected].sort(([a], [b]) => (a < b ? -1 : 1)),
        );
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  test('one that is damaged, or of an older schema, is begun anew', context => {
    const directory = temporaryDirectory(context);
    const damaged = join(directory, 'damaged.sqlite');
    writeFileSync(damaged, 'damaged '.repeat(1000));
    const old = join(directory, 'old.sqlite');
    const db = new Database(old);
    db.exec('CREATE TABLE published (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)');
    db.exec('INSERT INTO published VALUES (1, 7)');
    db.close();
    for (const path of [damaged, old]) {
      const store = openPersonStore(path);
      assert.is(store.version(), undefined);
      assert.is(store.find(1n), undefined);
      store.replace(3, columns([[1n, { slot: 2, media: 1 }]]));
      assert.is(store.version(), 3);
      assert.equal(store.find(1n), { slot: 2, media: 1 });
      store.close();
    }
  });
});
