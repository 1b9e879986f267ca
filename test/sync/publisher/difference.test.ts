/** From changed rows to what is different; rows that contradict each other or what was published are refused. */
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { noSlot, slotOf } from '../../../sync/feed/links.ts';
import { differenceOf, type PublishedState, StateMismatch } from '../../../sync/publisher/difference.ts';
import type { Person } from '../../../sync/publisher/person-store.ts';
import { suite } from '../../harness.ts';

type Row = readonly [token: bigint, person: bigint, status: number];

const [green, yellow, red] = [1, 2, 3];
/** A token of this partition. */
const token = (partition: number, number = 1) => (BigInt(partition) << 56n) + BigInt(number);

/** Wang has two media, Li one: of partitions 1 and 2, and 2. */
const [wang, li, zhao] = [100n, 200n, 2n ** 64n - 1n];
const links = new Map([
  [token(1), slotOf(1, 0)],
  [token(2), slotOf(1, 0)],
  [token(2, 9), slotOf(2, 0)],
]);
const persons = new Map<bigint, Person>([
  [wang, { slot: slotOf(1, 0), media: 2 }],
  [li, { slot: slotOf(2, 0), media: 1 }],
]);
const statuses = new Map([
  [slotOf(1, 0), green],
  [slotOf(2, 0), red],
]);
const slotCounts: number[] = Array.from({ length: 256 }, (_, i) => (i === 1 || i === 2 ? 1 : 0));
const state: PublishedState = {
  slotOf: number => links.get(number) ?? noSlot,
  person: number => persons.get(number),
  statusOf: slot => statuses.get(slot) ?? 0,
  slotCounts,
};

function columns(rows: readonly Row[]) {
  return {
    tokens: BigUint64Array.from(rows, ([token]) => token),
    persons: BigUint64Array.from(rows, ([, person]) => person),
    statuses: Uint8Array.from(rows, ([, , status]) => status),
  };
}

const difference = (removed: readonly Row[], added: readonly Row[]) =>
  differenceOf(state, columns(removed), columns(added), row => `row ${row}`);

/** Persons who have come, gone, or have another number of media. */
function personsOf(removed: readonly Row[], added: readonly Row[]): Map<bigint, Person> {
  const { numbers, slots, media } = difference(removed, added).persons;
  return new Map([...numbers].map((number, i) => [number, { slot: slots[i] ?? 0, media: media[i] ?? 0 }]));
}

/** In few words. */
function changes(removed: readonly Row[], added: readonly Row[]) {
  const { links, statuses, added: more, removed: fewer, statusChanged } = difference(removed, added);
  return {
    links: [...links.tokens].map((number, i) => [number, links.slots[i]]),
    statuses: [...statuses.slots].map((slot, i) => [slot, statuses.values[i]]),
    counted: [more, fewer, statusChanged],
  };
}

function assertRefused(removed: readonly Row[], added: readonly Row[], message: RegExp): void {
  assert.throws(
    () => difference(removed, added),
    (error: unknown) => error instanceof WrongUsage && message.test(error.message),
  );
}

function assertMismatch(removed: readonly Row[], added: readonly Row[] = []): void {
  assert.throws(
    () => difference(removed, added),
    (error: unknown) => error instanceof StateMismatch,
  );
}

const wangs: Row[] = [
  [token(1), wang, green],
  [token(2), wang, green],
];
const lis: Row = [token(2, 9), li, red];

suite('feed publisher: changes', test => {
  test('nothing', () => {
    assert.equal(changes([], []), { links: [], statuses: [], counted: [0, 0, 0] });
    assert.is(personsOf([], []).size, 0);
    assert.is(personsOf([lis], [lis]).size, 0);
    assert.equal(changes([lis], [lis]), { links: [], statuses: [], counted: [0, 0, 0] });
  });

  test('a person’s status on all their media', () => {
    const turned = wangs.map(([number, person]): Row => [number, person, yellow]);
    assert.equal(changes(wangs, turned), {
      links: [],
      statuses: [[slotOf(1, 0), yellow]],
      counted: [0, 0, 1],
    });
  });

  test('a new person takes the next slot of the first medium’s partition', () => {
    const rows: Row[] = [
      [token(2, 3), zhao, red],
      [token(0), zhao, red],
    ];
    assert.equal(personsOf([], rows).get(zhao), { slot: slotOf(2, 1), media: 2 });
    assert.equal(changes([], rows).statuses, [[slotOf(2, 1), red]]);
    assert.equal(difference([], rows).slotCounts, slotCounts.with(2, 2));
    assert.equal(changes([], [[token(0), zhao, green]]), {
      links: [[token(0), slotOf(0, 0)]],
      statuses: [[slotOf(0, 0), green]],
      counted: [1, 0, 0],
    });
    assert.equal(changes([], [[token(0), zhao, 0]]).statuses, []);
  });

  test('who has no medium any more is unknown, and forgotten', () => {
    assert.equal(changes([lis], []), {
      links: [[token(2, 9), noSlot]],
      statuses: [[slotOf(2, 0), 0]],
      counted: [0, 1, 0],
    });
    assert.is(personsOf([lis], []).get(li)?.media, 0);
  });

  test('a medium that goes from one to the other', () => {
    const [first] = wangs;
    assert.equal(changes([first as Row], [[token(1), li, red]]), {
      links: [[token(1), slotOf(2, 0)]],
      statuses: [],
      counted: [1, 1, 0],
    });
    assert.equal(personsOf([first as Row], [[token(1), li, red]]).get(wang)?.media, 1);
  });

  test('a person all of whose media are others keeps the slot', () => {
    assert.equal(changes([lis], [[token(7), li, green]]), {
      links: [
        [token(2, 9), noSlot],
        [token(7), slotOf(2, 0)],
      ],
      statuses: [[slotOf(2, 0), green]],
      counted: [1, 1, 1],
    });
  });

  test('a medium that is there twice is refused', () => {
    assertRefused([], [[token(1), wang, green]], /^row 0: the medium is in the table twice$/);
    assertRefused([], [[token(1), zhao, green]], /twice/);
    assertRefused(
      [],
      [
        [token(5), zhao, green],
        [token(5), zhao, green],
      ],
      /^row 1: .*twice/,
    );
    assertRefused([lis], [lis, [token(2, 9), zhao, green]], /^row 1: .*twice/);
  });

  test('a person with two statuses is refused', () => {
    assertRefused(
      [],
      [
        [token(5), zhao, green],
        [token(6), zhao, red],
      ],
      /^row 1: the person has two statuses$/,
    );
    assertRefused([], [[token(5), wang, red]], /^row 0: .*two statuses/);
    assertRefused([wangs[0] as Row], [[token(1), wang, red]], /two statuses/);
    assert.equal(personsOf([], [[token(5), wang, green]]).get(wang)?.media, 3);
  });

  test('removed rows that were not published so are no step', () => {
    assertMismatch([[token(5), wang, green]]);
    assertMismatch([[token(2, 9), wang, green]]);
    assertMismatch([[token(1), zhao, green]]);
    assertMismatch([lis, lis]);
    assertMismatch([wangs[0] as Row, wangs[0] as Row]);
  });
});
