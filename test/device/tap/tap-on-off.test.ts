/** Tap on, tap off: what a card pays, and what passenger and crew read. */

import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { bmacImage, type TUnionOptions, tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard, type VirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite } from '../../harness.ts';
import { plainRows } from '../../journal-rows.ts';
import { firstOfJune, purseOf, startValidator, type World } from './fare-stand.ts';

const minute = 60_000;

function ride(options: TUnionOptions = {}) {
  const world: World = { now: firstOfJune, stop: 'there-0' };
  const card = createVirtualCard(tUnionImage({ balanceFen: 5000, ...options }));
  const moveTo = (stop: string | undefined, minutes: number) => {
    world.stop = stop;
    world.now += minutes * minute;
  };
  return { world, card, moveTo };
}

function rows({ directory }: { directory: string }) {
  return plainRows(join(directory, 'journal.sqlite'));
}

suite('a card taps on and off', test => {
  test('nothing at boarding, the ride at getting off, both rows of each purchase', async context => {
    const { world, card, moveTo } = ride();
    const validator = await startValidator(context, world);
    const on = await validator.tap(card);
    assert.is(on.verdict, 'pass on');
    assert.is(on.passenger, '请上车 下车请刷卡 余额 50.00 元');
    moveTo('there-3', 40);
    const off = await validator.tap(card);
    assert.equal([off.verdict, off.paidFen], ['alighted pass', 150], '15 km: 3.00, half of it');
    assert.is(off.passenger, '下车刷卡成功 票价 1.50 元 余额 48.50 元');
    assert.equal(purseOf(card), { balance: 4850, state: 2, record: '04' });
    const [first, paid, second, last] = rows(validator);
    assert.equal(
      [first?.step, first?.purchase, first?.fare_fen, first?.most_fen, first?.stop],
      ['on', 'begun', 0, 600, 'there-0'],
    );
    assert.equal(
      [paid?.event, paid?.purchase, paid?.of_row, paid?.tac?.length, paid?.mac_checked],
      ['purchase', 'paid', 1, 4, 1],
    );
    assert.equal(
      [second?.step, second?.fare_fen, second?.on_stop, second?.card_sequence],
      ['off', 150, 'there-0', 1],
    );
    assert.equal([last?.purchase, last?.of_row], ['paid', 3]);
  });

  test('who did not tap off pays to the farther end with the next ride', async context => {
    const { world, card, moveTo } = ride();
    const validator = await startValidator(context, world);
    await validator.tap(card);
    moveTo('there-2', 5 * 60);
    const next = await validator.tap(card);
    assert.equal([next.verdict, next.paidFen], ['pass on', 600]);
    assert.is(next.passenger, '请上车 下车请刷卡 上次未下车刷卡 6.00 元 余额 44.00 元');
  });

  test('a student, a senior, an old card', async context => {
    for (const [kind, paidFen] of [
      ['student', 75],
      ['senior', 0],
      ['ordinary', 150],
    ] as const) {
      const { world, card, moveTo } = ride({ kind });
      const validator = await startValidator(context, world);
      await validator.tap(card);
      moveTo('there-3', 30);
      const off = await validator.tap(card);
      assert.equal([off.verdict, off.paidFen], ['alighted pass', paidFen], kind);
    }
    const { world } = ride();
    const validator = await startValidator(context, world);
    const old = createVirtualCard(bmacImage({ balanceFen: 300 }));
    const { verdict, paidFen, passenger } = await validator.tap(old);
    assert.equal([verdict, paidFen], ['pass single', 100]);
    assert.is(passenger, '请上车 票价 1.00 元 余额 2.00 元 请及时充值');
  });

  test('the same tap again is a repeat, at the other door too; at one stop for a minute', async context => {
    const { world, card, moveTo } = ride();
    const [front, rear] = [
      await startValidator(context, world),
      await startValidator(context, world, { terminal: '110000000043' }),
    ];
    assert.is((await front.tap(card)).verdict, 'pass on');
    world.now += 3000;
    assert.is((await rear.tap(card)).verdict, 'repeat');
    world.now += 50_000;
    assert.is((await rear.tap(card)).verdict, 'repeat', 'still at the stop');
    moveTo('there-1', 8);
    assert.is((await rear.tap(card)).verdict, 'alighted pass', 'off by the other door');
    world.now += 4000;
    assert.is((await front.tap(card)).verdict, 'repeat');
    assert.is(purseOf(card).balance, 4900);
  });

  test('getting off is never refused: red, denied, a purse that is too small', async context => {
    const { world, card, moveTo } = ride({ balanceFen: 120 });
    const directory = (await startValidator(context, world)).directory;
    const on = await startValidator(context, world, {}, directory);
    assert.is((await on.tap(card)).verdict, 'pass on');
    await on.close();
    const red = await startValidator(context, world, { status: 'red', denied: true }, directory);
    moveTo('there-6', 60);
    const off = await red.tap(card);
    assert.equal([off.verdict, off.paidFen], ['alighted denied', 120]);
    assert.is(off.passenger, '下车刷卡成功 票价 3.00 元 余额不足 请投币 还差 1.80 元');
    assert.match(off.crew, '禁用名单');
    assert.equal(purseOf(card), { balance: 0, state: 2, record: '04' });
    assert.is(rows(red).find(({ step, event }) => step === 'off' && event === 'tap')?.short_fen, 180);
    moveTo('there-0', 60);
    assert.is((await red.tap(card)).verdict, 'invalid denied', 'getting on is');
  });

  test('at boarding the verdict comes first: nothing is taken, nothing is written', async context => {
    const { world, card } = ride();
    const red = await startValidator(context, world, { status: 'red' });
    assert.is((await red.tap(card)).verdict, 'abnormal');
    assert.equal(purseOf(card), { balance: 5000, state: 0, record: '00' });
    const fare = { ...pilotPolicy.fare, abnormalPays: true };
    const paying = await startValidator(context, world, { status: 'red', policy: { ...pilotPolicy, fare } });
    assert.is((await paying.tap(card)).verdict, 'abnormal on');
  });

  test('a flat line: a plain purchase, and a ride left open elsewhere is paid with it', async context => {
    const { world, card, moveTo } = ride();
    const flat = { ...pilotPolicy, fare: { ...pilotPolicy.fare, flatLines: ['38'] } };
    const far = await startValidator(context, world, { bus: 'B9' });
    const validator = await startValidator(context, world, { policy: flat });
    assert.equal([(await validator.tap(card)).paidFen, purseOf(card).state], [100, 0]);
    moveTo('there-1', 30);
    assert.is((await far.tap(card)).verdict, 'pass on');
    moveTo('there-2', 30);
    const { verdict, paidFen } = await validator.tap(card);
    assert.equal([verdict, paidFen], ['pass single', 600], '25 km to the farther end, 5.00, and 1.00');
    assert.equal(purseOf(card), { balance: 4300, state: 2, record: '06' });
  });

  test('a stop that is not known is in the passenger’s favour', async context => {
    const { world, card, moveTo } = ride();
    world.stop = undefined;
    const validator = await startValidator(context, world);
    await validator.tap(card);
    moveTo('there-6', 60);
    assert.is((await validator.tap(card)).paidFen, 100);
  });

  test('what the card refuses, each by its own words; none is told to tap again for what cannot get better', async context => {
    for (const [answer, verdict, words] of [
      ['9401', 'insufficient-balance', '余额不足 请投币'],
      ['9402', 'counter-at-end', '此卡交易次数已满 请联系发卡机构'],
      ['9403', 'no-key', '此卡不能在本车使用 请更换支付方式'],
      ['9303', 'purse-locked', '此卡已锁定 请联系发卡机构'],
      ['6D00', 'not-payable', '此卡不能扣款 请更换支付方式'],
    ] as const) {
      const { world, card } = ride();
      const validator = await startValidator(context, world);
      const tapped = await validator.tap(answering(card, 0x50, answer));
      assert.equal([tapped.verdict, tapped.passenger], [`invalid ${verdict}`, words], answer);
    }
    const { world, card } = ride();
    const bad = await startValidator(context, world);
    assert.is(
      (await bad.tap(answering(card, 0x50, '6F00'))).verdict,
      'lost',
      'a failure may be gone at the next try',
    );
  });

  test('no PSAM, or one that is blocked: the validator’s fault, and who gets off goes', async context => {
    const { world, card, moveTo } = ride();
    const [well, ill] = [
      await startValidator(context, world),
      await startValidator(context, world, { psam: undefined }),
    ];
    const tapped = await ill.tap(card);
    assert.equal(
      [tapped.verdict, tapped.passenger],
      ['invalid psam', '本机暂不能刷卡 请扫码或到另一台刷卡机刷卡'],
    );
    assert.is((await well.tap(card)).verdict, 'pass on');
    moveTo('there-3', 30);
    const off = await ill.tap(card);
    assert.equal([off.verdict, off.fareFen, off.paidFen], ['alighted pass', 0, undefined]);
  });
});

suite('whoever was left to the crew', test => {
  const policy = { ...pilotPolicy, crewCheck: { ...pilotPolicy.crewCheck, windowS: 600 } };

  test('has got on by two taps, pays once, and gets off by the third; or by the second, at another stop', async context => {
    for (const tapsAgain of [true, false]) {
      const { world, card, moveTo } = ride();
      const validator = await startValidator(context, world, { policy, status: 'none' });
      assert.is((await validator.tap(card)).verdict, 'not-found on');
      world.now += 20_000;
      validator.crew.confirm('key');
      if (tapsAgain) {
        const again = await validator.tap(card);
        assert.equal([again.verdict, again.paidFen], ['checked-by-hand not-found', undefined]);
      }
      moveTo('there-3', 8);
      const off = await validator.tap(card);
      assert.equal([off.verdict, off.paidFen], ['alighted not-found', 150]);
      assert.is(purseOf(card).balance, 4850);
    }
  });
});

suite('a companion', test => {
  const policy = { ...pilotPolicy, crewCheck: { ...pilotPolicy.crewCheck, companionS: 20 } };

  test('pays at boarding, to the farther end, with the crew’s key; without it it is a repeat', async context => {
    const { world, card, moveTo } = ride({ kind: 'student' });
    const validator = await startValidator(context, world, { policy });
    await validator.tap(card);
    world.now += 3000;
    assert.is((await validator.tap(card)).verdict, 'repeat');
    assert.is(validator.crew.confirm('key').outcome, 'companion');
    const { verdict, paidFen, crew } = await validator.tap(card);
    assert.equal([verdict, paidFen], ['checked-by-hand not-found', 300], '30 km, 6.00, half of it');
    assert.match(crew, '请上车 已人工查验');
    assert.is((await validator.tap(card)).verdict, 'repeat', 'one press, one companion');
    moveTo('there-3', 30);
    assert.equal((await validator.tap(card)).paidFen, 75, 'the ride of the card’s own holder is as it was');
    assert.is(purseOf(card).balance, 5000 - 300 - 75);
  });
});

suite('a ride code', test => {
  const [wang, li] = ['00112233445566778899', '99112233445566770000'];

  test('gets on and off at one validator; what it costs is said afterwards', async context => {
    const { world, moveTo } = ride();
    const validator = await startValidator(context, world);
    const on = validator.scan(wang);
    assert.equal([on.verdict, on.fareFen, on.passenger], ['pass on', 0, '请上车 下车请扫码']);
    assert.is(validator.scan(wang).verdict, 'repeat');
    moveTo('there-2', 20);
    const off = validator.scan(wang);
    assert.equal([off.verdict, off.passenger], ['alighted pass', '下车扫码成功 车费稍后扣除']);
    moveTo('there-4', 20);
    assert.is(validator.scan(wang).verdict, 'invalid used', 'the same code buys no second ride');
  });

  test('is known to have got on after a restart, and no more after four hours', async context => {
    const { world, moveTo } = ride();
    const before = await startValidator(context, world);
    before.scan(wang);
    before.scan(li);
    await before.close();
    moveTo('there-2', 20);
    const after = await startValidator(context, world, {}, before.directory);
    assert.is(after.scan(wang).verdict, 'alighted pass');
    moveTo('there-0', 4 * 60);
    assert.is(after.scan(li).verdict, 'pass on');
  });

  test('gets off at the rear door, red or not, where that is what the door is for', async context => {
    const { world } = ride();
    const rear = await startValidator(context, world, { door: 'off', status: 'red' });
    const { verdict, crew } = rear.scan(wang);
    assert.is(verdict, 'alighted abnormal');
    assert.match(crew, '健康码异常');
    const front = await startValidator(context, world, { status: 'red', terminal: '110000000043' });
    assert.is(front.scan(wang).verdict, 'abnormal');
  });

  test('pays at boarding where the feed says nothing of the line’s ways', async context => {
    const { world } = ride();
    const validator = await startValidator(context, world, { route: undefined });
    assert.equal([validator.scan(wang).fareFen, validator.scan(li).passenger], [100, '请上车 票价 1.00 元']);
  });
});

function answering(card: VirtualCard, ins: number, answer: string): VirtualCard {
  return {
    ...card,
    respond: command =>
      command[1] === ins ? Uint8Array.from(Buffer.from(answer, 'hex')) : card.respond(command),
  };
}
