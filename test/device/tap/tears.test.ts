/**
 * The tear matrix: the card leaves, or the validator loses its power, before and after every command of a tap; the next tap is
 * made here or at the other door. Either the money is taken and the ride is recorded, or neither, and the journals know which.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { bmacImage, tUnionImage } from '../../../sim/media/card-images.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { createVirtualCard, type VirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite, type TestContext } from '../../harness.ts';
import { plainRows } from '../../journal-rows.ts';
import { createDoorNetwork } from '../other-doors/door-network.ts';
import {
  firstOfJune,
  oldPurseOf,
  PowerCut,
  purseOf,
  startValidator,
  type Tear,
  type World,
} from './fare-stand.ts';

const balanceFen = 5000;
const fareFen = 150;
/** Of a tap: seven to read the card and its ride, four of the purchase. */
const commands = ['SELECT', 'file 15', 'file 17', 'balance', 'overdraft', 'mark', 'read 1A'];
const purchase = ['INITIALIZE', 'UPDATE 1A', 'UPDATE 1E', 'DEBIT'];
const steps = [...commands, ...purchase];

type Where = 'here' | 'there';

interface Row {
  readonly step: string;
  readonly side: Tear['side'];
  readonly where: Where;
  readonly torn: 'on' | 'off';
  readonly taken: boolean;
  /** What the next tap found. */
  readonly next: string;
}

/** Rows of both journals, in the order of time. */
function rowsOf(directories: readonly string[]) {
  return directories.flatMap(directory =>
    plainRows(join(directory, 'journal.sqlite')).map(row => {
      const { event, step, purchase, fare_fen: fare, seq, of_row: of, card_sequence: n } = row;
      return { event, step, purchase, fare, seq, of, n };
    }),
  );
}

async function tear(
  context: TestContext,
  torn: 'on' | 'off',
  at: number,
  moment: Tear['moment'],
  side: Tear['side'],
  next: Where,
) {
  const world: World = { now: firstOfJune, stop: 'there-0' };
  const card = createVirtualCard(tUnionImage({ balanceFen }));
  let here = await startValidator(context, world);
  const other = await startValidator(context, world, { terminal: '110000000043' });
  if (torn === 'off') {
    await here.tap(card);
    world.now += 40 * 60_000;
    world.stop = 'there-3';
  }
  const before = purseOf(card);
  if (side === 'card') {
    assert.is((await here.tap(card, { at, moment, side })).verdict, 'lost');
  } else {
    try {
      await here.tap(card, { at, moment, side });
      assert.unreachable('the power was cut');
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    await here.close();
    here = await startValidator(context, world, {}, here.directory);
  }
  // On the card: the money and the records, or none of them.
  const after = purseOf(card);
  const taken = after.state !== before.state;
  assert.is(before.balance - after.balance, taken && torn === 'off' ? fareFen : 0);
  assert.is(after.record !== before.record, taken);

  // The passenger taps again at once.
  world.now += 8000;
  const { verdict } = await (next === 'here' ? here : other).tap(card);
  const end = purseOf(card);
  assert.is(end.state, torn === 'on' ? 1 : 2, 'the ride is as it would have been');
  assert.is(balanceFen - end.balance, torn === 'on' ? 0 : fareFen, 'paid once');

  // What the journals know: every purchase is concluded, but one torn here and mended at the other door, which counters tell.
  const rows = rowsOf([here.directory, other.directory]);
  const open = rows.filter(
    ({ purchase: state, seq }, i) =>
      state === 'begun' && !rows.some((r, j) => r.of === seq && sameJournal(rows, i, j)),
  );
  assert.ok(open.length <= (next === 'there' ? 1 : 0), JSON.stringify(open));
  // Getting off after it shows what the next one costs: nothing is paid twice, nothing is left open.
  world.now += 30 * 60_000;
  world.stop = torn === 'on' ? 'there-3' : 'back-0';
  const last = await here.tap(card);
  assert.is(last.verdict, torn === 'on' ? 'alighted pass' : 'pass on');
  assert.is(balanceFen - purseOf(card).balance, fareFen);
  return { step: `${moment} ${steps[at - 1]}`, side, where: next, torn, taken, next: verdict } satisfies Row;
}

/** Each journal numbers its rows from 1: a new journal begins where the numbers fall. */
function sameJournal(rows: readonly { seq: number }[], a: number, b: number): boolean {
  const journalOf = (index: number) =>
    rows.slice(1, index + 1).filter(({ seq }, i) => seq <= (rows[i]?.seq ?? 0)).length;
  return journalOf(a) === journalOf(b);
}

/** One line a step: what the next tap finds, here and at the other door, after the card left and after the power was cut. */
function print(torn: string, rows: readonly Row[]): void {
  const columns = (['card', 'power'] as const).flatMap(side =>
    (['here', 'there'] as const).map(where => ({ side, where })),
  );
  const cell = (text: string) => text.padEnd(16);
  const head = columns.map(({ side, where }) => cell(`${side}, ${where}`)).join('');
  process.stdout.write(`\n  tap-${torn.padEnd(18)} taken  ${head}`);
  for (const step of new Set(rows.map(row => row.step))) {
    const ofStep = rows.filter(row => row.step === step);
    const found = columns.map(({ side, where }) =>
      cell(ofStep.find(row => row.side === side && row.where === where)?.next ?? ''),
    );
    process.stdout.write(`\n  ${step.padEnd(22)} ${ofStep[0]?.taken ? 'yes  ' : 'no   '}  ${found.join('')}`);
  }
  process.stdout.write('\n ');
}

suite('torn taps', test => {
  for (const torn of ['on', 'off'] as const)
    test(`tap-${torn}: every command, the card’s side and the power’s, mended here and at the other door`, async context => {
      const rows: Row[] = [];
      for (const at of steps.keys())
        for (const moment of ['before', 'after'] as const)
          for (const side of ['card', 'power'] as const)
            for (const next of ['here', 'there'] as const)
              rows.push(await tear(context, torn, at + 1, moment, side, next));
      print(torn, rows);
      assert.is(rows.length, 88);
      assert.is(rows.filter(({ taken }) => taken).length, 4, 'only after the debit has anything been taken');
      assert.ok(
        rows
          .filter(({ taken }) => !taken)
          .every(({ next }) => next === (torn === 'on' ? 'pass on' : 'alighted pass')),
      );
    });

  const flat = { ...pilotPolicy, fare: { ...pilotPolicy.fare, flatLines: ['38'] } };
  const flatCards = [
    {
      card: () => createVirtualCard(tUnionImage({ balanceFen })),
      left: (card: VirtualCard) => purseOf(card).balance,
    },
    { card: () => createVirtualCard(bmacImage({ balanceFen })), left: oldPurseOf },
  ];
  /** With the network between the doors it is the same ride for a minute, without it for the policy's seconds. */
  const networks = [
    { name: 'the doors hear each other', linked: true, afterMs: 20_000 },
    { name: 'no network between the doors', linked: false, afterMs: 3000 },
  ];
  for (const { name, linked, afterMs } of networks)
    test(`on a flat line, old cards too, ${name}: paid once, wherever the next tap is made`, async context => {
      for (const { card: makeCard, left } of flatCards)
        for (const at of Array.from({ length: 16 }, (_, i) => i + 1))
          for (const moment of ['before', 'after'] as const)
            for (const side of ['card', 'power'] as const)
              for (const where of ['here', 'there'] as const) {
                const world: World = { now: firstOfJune, stop: 'there-0' };
                const network = createDoorNetwork();
                const card = makeCard();
                const door = (terminal: string) => ({
                  ...{ policy: flat, terminal },
                  link: linked ? network.door(`test-${terminal.slice(-4)}`) : undefined,
                });
                const startHere = (directory?: string) =>
                  startValidator(context, world, door('110000000042'), directory);
                const startThere = () => startValidator(context, world, door('110000000043'));
                let [here, other] = [await startHere(), await startThere()];
                let isTorn = true;
                try {
                  isTorn = (await here.tap(card, { at, moment, side })).verdict === 'lost';
                } catch (error) {
                  if (!(error instanceof PowerCut)) throw error;
                  await here.close();
                  await other.close();
                  [here, other] = [await startHere(here.directory), await startThere()];
                }
                if (isTorn) {
                  world.now += afterMs;
                  const { verdict } = await (where === 'here' ? here : other).tap(card);
                  assert.is(balanceFen - left(card), 100, `${moment} ${at} ${side} ${where}`);
                  assert.match(verdict, /^pass/);
                  const { openPurchases } = here.journal.current()?.count() ?? {};
                  if (linked) assert.is(openPurchases, 0, 'it is known where it was begun how it ended');
                  world.now += 5000;
                  const next = await other.tap(card);
                  assert.is(next.verdict, 'pass single', 'after the policy’s seconds it is another ride');
                  assert.is(balanceFen - left(card), 200);
                }
                await here.close();
                await other.close();
              }
    });

  test('a purse that the torn tap has emptied rides once, at any door; and nobody rides on it after that', async context => {
    for (const { image, left } of [
      { image: tUnionImage({ balanceFen: 100 }), left: (card: VirtualCard) => purseOf(card).balance },
      { image: bmacImage({ balanceFen: 100 }), left: oldPurseOf },
    ]) {
      let debitAt = 1;
      for (const { linked, afterMs } of networks)
        for (const [side, where] of [
          ['card', 'there'],
          ['power', 'here'],
        ] as const)
          for (let at = debitAt; at <= 16; at++) {
            const world: World = { now: firstOfJune, stop: 'there-0' };
            const network = createDoorNetwork();
            const door = (terminal: string) => ({
              ...{ policy: flat, terminal },
              link: linked ? network.door(`test-${terminal.slice(-4)}`) : undefined,
            });
            const card = createVirtualCard(image);
            let here = await startValidator(context, world, door('110000000042'));
            const other = await startValidator(context, world, door('110000000043'));
            await here.tap(card, { at, moment: 'after', side }).catch(async error => {
              if (!(error instanceof PowerCut)) throw error;
              await here.close();
              here = await startValidator(context, world, door('110000000042'), here.directory);
            });
            const isTaken = left(card) === 0;
            world.now += afterMs;
            const next = where === 'here' ? here : other;
            if (isTaken) {
              const { verdict, passenger } = await next.tap(card);
              assert.is(verdict, 'pass', `${side} ${where} ${linked}`);
              assert.match(passenger, /车费已付/);
              world.now += 60_000;
              assert.is((await next.tap(card)).verdict, 'invalid insufficient-balance');
              assert.is(left(card), 0);
            }
            await here.close();
            await other.close();
            assert.ok(isTaken || at < 16, 'the debit was among the commands');
            if (!isTaken) continue;
            debitAt = at;
            break;
          }
    }
  });

  test('the PSAM is exchanged before the card comes back: the card’s log still tells', async context => {
    for (const [moment, outcome] of [
      ['before', 'not-paid'],
      ['after', 'paid'],
    ] as const) {
      const world: World = { now: firstOfJune, stop: 'there-0' };
      const card = createVirtualCard(tUnionImage({ balanceFen }));
      const torn = await startValidator(context, world);
      await torn.tap(card, { at: steps.length, moment, side: 'card' });
      await torn.close();
      const psam = createPsam({ keys: testPurseKeys, terminal: '110000000077' });
      const exchanged = await startValidator(context, world, { psam }, torn.directory);
      world.now += 8000;
      await exchanged.tap(card);
      const concluded = rowsOf([torn.directory]).find(({ of }) => of === 1);
      assert.is(concluded?.purchase, outcome);
    }
  });
});
