/**
 * Purses, journals and settlement agree to the fen, and none of them is a model: cards tap at validators that debit them, leave
 * in the middle of purchases, and validators lose their power; the journals they leave are taken in and settled.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pilotPolicy } from '../../../../device/core/policy.ts';
import { importJournal } from '../../../../sim/backoffice/intake/import-journal.ts';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { settleDay } from '../../../../sim/backoffice/settlement/settle-day.ts';
import { createTariffs } from '../../../../sim/backoffice/settlement/tariffs.ts';
import { bmacImage, tUnionImage } from '../../../../sim/media/card-images.ts';
import { createVirtualCard, type VirtualCard } from '../../../../sim/media/virtual-card.ts';
import {
  firstOfJune,
  longLine,
  oldPurseOf,
  PowerCut,
  purseOf,
  startValidator,
  stops,
  type Tear,
  type Validator,
  type World,
} from '../../../device/tap/fare-stand.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { randomFrom } from './model-city.ts';

const buses = ['A1', 'A2', 'A3'];
const cards = 40;
const oldCards = 10;
const taps = 2500;
const firstBalanceFen = 200_000;
const minute = 60_000;
/** Of a tap: seven commands to read the card, four to pay. */
const commandsOfATap = 11;
const line = {
  line: '38',
  stops: stops.map(({ id, name }) => ({ id, ...name, lat: 39.9, lon: 116.4 })),
  ways: longLine.patterns.map(({ stops: way }) => ({
    stops: way.map(({ id }) => id),
    alongM: way.map(({ alongM }) => alongM),
  })),
};

/** One door of a bus, which may be started anew. */
interface Door {
  readonly bus: string;
  readonly terminal: string;
  readonly directory: string;
  validator: Validator;
}

async function openDoors(context: TestContext, world: World): Promise<Door[]> {
  const doors: Door[] = [];
  for (const [i, bus] of buses.entries())
    for (const door of [0, 1]) {
      const terminal = `11000000${String(1000 + 10 * i + door)}`;
      const validator = await startValidator(context, world, { bus, terminal });
      doors.push({ bus, terminal, directory: validator.directory, validator });
    }
  return doors;
}

async function tapAt(
  context: TestContext,
  world: World,
  door: Door,
  card: VirtualCard,
  tear?: Tear,
): Promise<void> {
  try {
    await door.validator.tap(card, tear);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    await door.validator.close();
    door.validator = await startValidator(context, world, door, door.directory);
  }
}

suite('real journals', test => {
  test(`${taps} taps, of which every fifth is torn: settled as the purses say`, async context => {
    const random = randomFrom(7);
    const below = (n: number) => Math.floor(random() * n);
    const pick = <T>(all: readonly T[]): T => {
      const one = all[below(all.length)];
      if (one === undefined) throw new RangeError('nothing to pick from');
      return one;
    };
    const world: World = { now: firstOfJune - 60 * minute, stop: undefined };
    const doors = await openDoors(context, world);
    const kinds = ['ordinary', 'student', 'senior'] as const;
    const wallets = Array.from({ length: cards }, (_, i) => {
      const serial = String(i).padStart(12, '0');
      const kind = kinds[i % 3] ?? 'ordinary';
      return createVirtualCard(
        tUnionImage({ number: `3105100${serial}`, balanceFen: firstBalanceFen, kind }),
      );
    });
    const oldWallets = Array.from({ length: oldCards }, (_, i) =>
      createVirtualCard(
        bmacImage({ number: `1000${String(i).padStart(12, '0')}`, balanceFen: firstBalanceFen }),
      ),
    );
    const everybody = [...wallets, ...oldWallets];
    for (let i = 0; i < taps; i++) {
      world.now += below(15_000);
      world.stop = below(15) === 0 ? undefined : pick(stops).id;
      const tear: Tear = {
        at: 1 + below(commandsOfATap),
        moment: pick(['before', 'after']),
        side: pick(['card', 'card', 'power']),
      };
      await tapAt(context, world, pick(doors), pick(everybody), below(5) === 0 ? tear : undefined);
    }
    // Everybody taps once more, so that every card has said what became of its last purchase.
    world.now += 30 * minute;
    for (const card of everybody) await tapAt(context, world, pick(doors), card);

    const dir = temporaryDirectory(context);
    const trips = openTrips(dir);
    context.after(() => trips.close());
    const tariffs = createTariffs(
      [{ since: 0, what: pilotPolicy }],
      [{ since: 0, what: new Map([['38', line]]) }],
    );
    const intake = createIntake(createSqliteTaps(trips), () => world.now);
    for (const { directory } of [...doors].reverse()) {
      const { refused } = await importJournal(intake, join(directory, 'journal.sqlite'));
      assert.is(refused, 0);
    }
    const day = Math.floor((firstOfJune + 8 * 60 * minute) / 86_400_000);
    const account = settleDay({ dir, trips, tariffs, day, now: world.now + 10 * 86_400_000 });
    const spentFen = wallets.reduce((sum, card) => sum + firstBalanceFen - purseOf(card).balance, 0);
    assert.is(account.revenueFen['t-union'], spentFen);
    const oldSpentFen = oldWallets.reduce((sum, card) => sum + firstBalanceFen - oldPurseOf(card), 0);
    assert.is(account.revenueFen.bmac, oldSpentFen);
    assert.equal([account.differencesFen, account.unresolvedFen], [0, 0]);
    assert.ok(account.rides > taps / 4, `${account.rides} rides`);
    assert.ok(account.unfinished > 0);
  });
});
