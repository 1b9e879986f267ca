/** What every tap store must do: each row once, by device, epoch and seq, all of a portion or nothing, whoever else writes. */
import * as assert from 'uvu/assert';
import { createIntake, type Intake } from '../../sim/backoffice/intake/take-rows.ts';
import type { TapRow } from '../../sim/backoffice/intake/tap-row.ts';
import type { TapStore } from '../../sim/backoffice/intake/tap-store.ts';
import { dayOf } from '../../sim/backoffice/settlement/days.ts';
import { suite, type TestContext, type TestFunction } from '../harness.ts';
import type { Requirement } from '../left-out.ts';
import { codeTap, minute, morning, row, token } from '../sim/backoffice/settlement/rows.ts';

export interface TapStoreStand {
  /** Another way into the same taps, as another intake has it. */
  open(): Promise<TapStore>;
  /** Of a journal, in the order of seq, as they were taken. */
  stored(device: string, epoch?: number): Promise<readonly TapRow[]>;
}

const failed = { new: -1, known: -1, refused: -1 };

/** Every column has something in it. */
const full: TapRow = {
  ...{
    seq: 4_294_967_295,
    event: 'purchase',
    of_row: 4_294_967_294,
    at: 99_999_999_999_999,
    reader: '读卡器 "1"',
  },
  ...{
    line: "2'路",
    kind: 't-union',
    token: token(1),
    code_digest: new Uint8Array(8).fill(255),
    verdict: 'pass',
  },
  ...{
    reason: '{a,b}',
    phase: 'enforced',
    fare_taken: 1,
    fare_fen: 10_000_000,
    checked_row: 1,
    checked_by: 'NULL',
  },
  ...{
    card_kind: 'student',
    bus: '\\x41',
    stop: '站, {"0"}',
    step: 'off',
    on_stop: 's0',
    on_at: 0,
    most_fen: 1,
    owed_fen: 2,
  },
  ...{ short_fen: 3, purchase: 'paid', balance_fen: -5, card_sequence: 65_535, terminal: '000000000001' },
  ...{
    terminal_sequence: 4_294_967_295,
    tac: Uint8Array.of(0, 1, 2, 255),
    mac_checked: 0,
    clock: 'doubtful',
  },
};

export type OpenTapStore = (context: TestContext) => Promise<TapStoreStand>;

/** @param prepare what all tests share, made once. @returns opens a store without taps */
export function tapStoreContract(
  name: string,
  prepare: (context: TestContext) => Promise<OpenTapStore>,
  needed?: Requirement,
): void {
  suite(`taps in ${name}`, registered => {
    const test: (...args: Parameters<TestFunction>) => void =
      needed === undefined ? registered : (...args) => registered.needing(needed, ...args);

    const prepared = registered.shared(prepare);

    async function open(context: TestContext) {
      const stand = await (await prepared())(context);
      const taking = async (now = morning) => {
        const store = await stand.open();
        const intake = createIntake(store, () => now);
        return {
          store,
          takeRows: (device: string, rows: Iterable<unknown>, epoch = 1) =>
            intake.takeRows({ device, epoch }, rows),
        };
      };
      return { ...stand, ...(await taking()), taking };
    }

    test('a row is taken once, however often it comes, and stays as it was', async context => {
      const { takeRows, stored } = await open(context);
      const [one, two] = [codeTap(1, morning, 'on', 's0'), codeTap(2, morning, 'off', 's1')];
      assert.equal(await takeRows('front', []), { new: 0, known: 0, refused: 0, problems: [] });
      assert.equal(await takeRows('front', [one]), { new: 1, known: 0, refused: 0, problems: [] });
      assert.equal(await takeRows('front', [two, one, two]), { new: 1, known: 2, refused: 0, problems: [] });
      assert.equal(await takeRows('rear', [one]), { new: 1, known: 0, refused: 0, problems: [] });
      assert.equal(await takeRows('front', [one, full], 2), { new: 2, known: 0, refused: 0, problems: [] });
      assert.equal(await takeRows('front', [full], 2), { new: 0, known: 1, refused: 0, problems: [] });
      assert.equal(await stored('front'), [one, two]);
      assert.equal(await stored('rear'), [one]);
      assert.equal(await stored('front', 2), [one, full]);
    });

    test('what is forgotten says of nobody where they went; it stays, and what came later or is of another day is whole', async context => {
      const { takeRows, stored, store, taking } = await open(context);
      const day = dayOf(morning);
      const all = {
        ...full,
        event: 'tap',
        of_row: null,
        purchase: 'begun',
        at: morning + 1,
        seq: 2,
      } as const;
      const [one, next] = [codeTap(1, morning, 'on', 's0'), codeTap(3, morning + 86_400_000, 'on', 's1')];
      await takeRows('front', [one, all, next]);
      const late = { ...all, seq: 9 };
      await (await taking(morning + 5000)).takeRows('front', [late]);
      assert.is(await store.forget(day, morning), 0);
      assert.is(await store.forget(day, morning + 1000), 2);
      assert.is(await store.forget(day, morning + 1000), 0);
      const nobody = {
        token: null,
        code_digest: null,
        checked_by: null,
        on_stop: null,
        on_at: null,
      } as const;
      const gone = { ...nobody, balance_fen: null, card_sequence: null, tac: null };
      assert.equal(await stored('front'), [{ ...one, ...gone }, { ...all, ...gone }, next, late]);
    });

    test('another row under a number that was taken is refused, in whatever column it differs', async context => {
      const { takeRows, stored } = await open(context);
      await takeRows('front', [full]);
      const others: Partial<TapRow> = {
        ...{ of_row: 7, at: 1, reader: 'x', line: 'x', kind: 'bmac', token: token(2), code_digest: token(1) },
        ...{
          verdict: 'x',
          reason: null,
          phase: 'x',
          fare_taken: 0,
          fare_fen: 0,
          checked_row: null,
          checked_by: '',
        },
        ...{ card_kind: null, bus: 'A', stop: null, step: null, on_stop: 's9', on_at: null, most_fen: null },
        ...{
          owed_fen: 0,
          short_fen: 0,
          purchase: 'unknown',
          balance_fen: 5,
          card_sequence: null,
          terminal: null,
        },
        ...{ terminal_sequence: 0, tac: new Uint8Array(4), mac_checked: 1, clock: null },
      };
      for (const [column, value] of Object.entries(others)) {
        const { refused, problems } = await takeRows('front', [{ ...full, [column]: value }]);
        assert.equal(
          [refused, problems],
          [1, [`row ${full.seq}: another ${column} was taken before under this number`]],
        );
      }
      const both = await takeRows('front', [row(1, morning), row(1, morning + 1), row(1, morning)]);
      assert.equal([both.new, both.known, both.refused], [1, 1, 1]);
      assert.equal(await stored('front'), [row(1, morning), full]);
    });

    test('what no store can keep is refused, and the rest is taken', async context => {
      const { takeRows, stored } = await open(context);
      const bad = ['\0', 'a\0b', '\ud800', '\udfff'].map((reader, i) => row(i + 2, morning, { reader }));
      const taken = await takeRows('front', [...bad, row(1, morning, { reader: '😀' })]);
      assert.equal([taken.new, taken.refused], [1, 4]);
      assert.equal(taken.problems[0], 'row 2: reader: must be text');
      assert.equal((await stored('front'))[0]?.reader, '😀');
    });

    test('days of any clock: far ahead, at the beginning of time, and more of them than anybody counts', async context => {
      const { takeRows, stored } = await open(context);
      const days = Array.from({ length: 3000 }, (_, i) => row(i + 3, (i * 86_400_000 * 500) % 1e14));
      const rows = [row(1, 0), row(2, 1e14), ...days];
      assert.is((await takeRows('front', rows)).new, rows.length);
      assert.is((await takeRows('front', rows)).known, rows.length);
      assert.equal(
        (await stored('front')).map(({ at }) => at),
        rows.map(({ at }) => at),
      );
    });

    test('portions of many journals at once: each is answered for its own rows', async context => {
      const { takeRows, stored } = await open(context);
      await takeRows('d3', [row(1, morning)]);
      const devices = Array.from({ length: 20 }, (_, i) => `d${i}`);
      const changed = [row(1, morning + 1), row(2, morning)];
      const took = await Promise.all([
        ...devices.map(device => takeRows(device, [row(1, morning), row(2, morning), row(2, morning)])),
        ...devices.map(device => takeRows(device, changed, 2)),
        ...devices.map(device => takeRows(device, changed)),
      ]);
      const told = ({ new: added, known, refused }: typeof failed) => [added, known, refused];
      devices.forEach((device, i) => {
        assert.equal(told(took[20 + i] ?? failed), [2, 0, 0], device);
        // Whichever of both came first, the other one contradicts it.
        const both = [took[i], took[40 + i]].map(each => told(each ?? failed));
        const sum = both.reduce((one, other) => one.map((figure, j) => figure + (other[j] ?? 0)), [0, 0, 0]);
        assert.equal(sum, device === 'd3' ? [1, 3, 1] : [2, 2, 1], device);
      });
      assert.is((await stored('d7')).length, 2);
      assert.equal(await stored('d7', 2), changed);
    });

    test('several intakes at once: each row once, whoever brings it', async context => {
      const { taking, stored } = await open(context);
      const intakes = await Promise.all([taking(), taking(), taking()]);
      const all = Array.from({ length: 300 }, (_, i) => row(i + 1, morning + i * minute));
      const portions = Array.from({ length: 30 }, (_, i) => all.slice(i * 10, i * 10 + 10));
      const took = await Promise.all(
        intakes.flatMap(({ takeRows }, i) => {
          const order = i === 1 ? portions.toReversed() : portions;
          return order.map(portion => takeRows('front', i === 2 ? portion.toReversed() : portion));
        }),
      );
      const sum = (of: (taken: Awaited<ReturnType<Intake['takeRows']>>) => number) =>
        took.reduce((total, each) => total + of(each), 0);
      assert.equal(
        [sum(each => each.new), sum(each => each.known), sum(each => each.refused)],
        [300, 600, 0],
      );
      assert.equal(await stored('front'), all);
    });
  });
}
