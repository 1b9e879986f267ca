/** Getting off is never refused and never paid twice, whatever becomes of card, PSAM, clock and feed on the way. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { CardImage } from '../../../sim/media/card-image.ts';
import { bmacImage, type TUnionOptions, tUnionImage } from '../../../sim/media/card-images.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { createVirtualCard, type PassengerCard, type VirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite, type TestContext } from '../../harness.ts';
import { plainRows } from '../../journal-rows.ts';
import { firstOfJune, oldPurseOf, purseOf, startValidator, type World } from './fare-stand.ts';

const minute = 60_000;
/** The debit is a tap's eleventh command to a T-Union card. */
const debit = 11;

async function gotOn(context: TestContext, options: TUnionOptions = {}, started: Partial<World> = {}) {
  const world: World = { now: firstOfJune, stop: 'there-0', ...started };
  const card = createVirtualCard(tUnionImage({ balanceFen: 5000, ...options }));
  const validator = await startValidator(context, world);
  assert.is(purseOf(card).state, 0);
  await validator.tap(card);
  assert.is(purseOf(card).state, 1, 'has got on');
  world.now += 40 * minute;
  world.stop = 'there-3';
  return { world, card, validator };
}

/** Of each purchase that was begun, how it ended. */
function endsIn({ directory }: { directory: string }) {
  const rows = plainRows(join(directory, 'journal.sqlite'));
  const endOf = (seq: number) => rows.find(({ of_row }) => of_row === seq)?.purchase ?? null;
  return rows
    .filter(({ purchase }) => purchase === 'begun')
    .map(({ seq, fare_fen }) => [fare_fen, endOf(seq)]);
}

/** @param answer to a command in hex; undefined for the card's own */
function answering(card: VirtualCard, answer: (command: string) => string | undefined): VirtualCard {
  return {
    ...card,
    respond(command) {
      const given = answer(Buffer.from(command).toString('hex').toUpperCase());
      return given === undefined ? card.respond(command) : Uint8Array.from(Buffer.from(given, 'hex'));
    },
  };
}

suite('getting off', test => {
  test('a purchase that was torn is settled by the terminal it was begun at, whatever PSAM is in the slot now', async context => {
    const { world, card, validator } = await gotOn(context);
    assert.is((await validator.tap(card, { at: debit, moment: 'after', side: 'card' })).verdict, 'lost');
    await validator.close();
    const psam = createPsam({ keys: testPurseKeys, terminal: '110000000099' });
    const restarted = await startValidator(context, world, { psam }, validator.directory);
    world.now += 5000;
    assert.is((await restarted.tap(card)).verdict, 'repeat');
    assert.equal(endsIn(validator), [
      [0, 'paid'],
      [150, 'paid'],
    ]);
  });

  test('a debit that the card refuses for too little money is one purchase, not two', async context => {
    const { card, validator } = await gotOn(context);
    let debits = 0;
    const late = answering(card, command =>
      command.startsWith('8054') && debits++ === 0 ? '9401' : undefined,
    );
    assert.is((await validator.tap(late)).verdict, 'alighted pass');
    assert.is(
      purseOf(card).balance,
      5000,
      'the second asks for what the purse says it has, which was refused',
    );
    assert.equal(endsIn(validator), [
      [0, 'paid'],
      [150, 'not-paid'],
      [0, 'paid'],
    ]);
  });

  test('a purse that holds less than it says pays nothing, and its ride is over', async context => {
    const { card, validator } = await gotOn(context);
    const proud = answering(card, command =>
      command.startsWith('8050') && Number.parseInt(command.slice(12, 20), 16) > 0 ? '9401' : undefined,
    );
    const off = await validator.tap(proud);
    assert.equal([off.verdict, off.paidFen], ['alighted pass', 0]);
    assert.equal(purseOf(card), { balance: 5000, state: 2, record: '04' });
  });

  test('when the feed has lost the line’s ways it costs the shortest ride', async context => {
    const { world, card, validator } = await gotOn(context);
    await validator.close();
    const restarted = await startValidator(context, world, { route: undefined }, validator.directory);
    const off = await restarted.tap(card);
    assert.equal([off.verdict, off.paidFen], ['alighted pass', 100]);
    assert.is(purseOf(card).state, 2);
    world.now += 10 * minute;
    assert.is((await restarted.tap(card)).verdict, 'pass single', 'the next ride is paid at boarding');
  });

  for (const [what, before, after] of [
    ['expires at midnight', { validTo: '2022-06-01' }, { validTo: '2022-06-01' }],
    ['is blacklisted', {}, { blacklisted: true }],
    ['is disabled', {}, { enabled: false }],
  ] as const)
    test(`a card that ${what} on the way gets off with it, and no more on`, async context => {
      const now = Date.parse('2022-06-01T23:50:00+08:00');
      const { world, card, validator } = await gotOn(context, before, { now });
      const changed = createVirtualCard(withRidesOf(card, tUnionImage(after)));
      const off = await validator.tap(changed);
      assert.equal([off.verdict, off.paidFen], ['alighted pass', 150]);
      world.now += 10 * minute;
      assert.match((await validator.tap(changed)).verdict, /^invalid /);
    });

  test('a time that was not known at boarding makes no second ride, and its row says so', async context => {
    const wrong = Date.parse('2020-01-01T00:00:00+08:00');
    const { world, card, validator } = await gotOn(context, {}, { now: wrong, isTimeUnknown: true });
    world.now = firstOfJune;
    world.isTimeUnknown = false;
    const off = await validator.tap(card);
    assert.equal([off.verdict, off.paidFen], ['alighted pass', 150]);
    const taps = plainRows(join(validator.directory, 'journal.sqlite')).filter(
      ({ event }) => event === 'tap',
    );
    assert.equal(
      taps.map(({ clock }) => clock),
      ['doubtful', null],
    );
  });

  test('an old card without a log is not charged again for a torn tap', async context => {
    const world: World = { now: firstOfJune, stop: 'there-0' };
    const card = createVirtualCard(bmacImage({ balanceFen: 1000 }));
    const mute = answering(card, command => (command.startsWith('00B2') ? '6A82' : undefined));
    const validator = await startValidator(context, world);
    let commands = 0;
    await validator.tap(answering(card, () => void commands++));
    world.now += 10 * minute;
    assert.is((await validator.tap(mute, { at: commands, moment: 'after', side: 'card' })).verdict, 'lost');
    world.now += 5000;
    assert.is((await validator.tap(mute)).verdict, 'pass single');
    assert.is(oldPurseOf(card), 800, 'two rides');
    assert.equal(endsIn(validator).at(-1), [100, 'unknown'], 'its counter tells the back office');
  });
});

/** What a card has paid and where it has got on, on another of the same number. */
function withRidesOf(card: PassengerCard, image: CardImage): CardImage {
  const [ridden] = card.image().applications;
  const applications = image.applications.map((application, i) =>
    i === 0 && ridden !== undefined
      ? {
          ...application,
          ...(ridden.records && { records: ridden.records }),
          ...(ridden.purse && { purse: ridden.purse }),
        }
      : application,
  );
  return { ...image, applications };
}
