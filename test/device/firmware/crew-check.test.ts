/** The crew confirms, on a running validator: by key, touch, console and card, and what nobody should be able to do. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite, until } from '../../harness.ts';
import { plainRows } from '../../journal-rows.ts';
import { changeSettings, type Stand, type StandOptions, startStand } from './stand.ts';

const slow: StandOptions = { policy: { crewCheck: { windowS: 600 } } };
const ningbo: StandOptions = { policy: { crewCheck: { windowS: 600, notFoundPays: 'second-tap' } } };

async function confirmed(stand: Stand, act: () => unknown): Promise<LogLine> {
  const from = stand.log.length;
  await act();
  return stand.logged('confirm', from);
}

const pressed = (stand: Stand) => confirmed(stand, () => stand.post.crewKey.press());

function checks({ post }: Stand) {
  return plainRows(post.journal).map(row => [row.verdict, row.fare_fen, row.checked_row, row.checked_by]);
}

suite('the crew confirms', test => {
  test('by key: the next tap of that card rides, and is journaled as checked by hand', async context => {
    const stand = await startStand(context, slow);
    const card = stand.crowd.tUnion('none');
    await stand.tap(card);
    await stand.showed('crew', '请人工查验', '查验通过后请确认');
    assert.is((await pressed(stand)).outcome, 'confirmed');
    await stand.shows('passenger', '请再次刷卡', 'light amber');
    await stand.shows('crew', '已人工查验', '600 秒内有效');
    assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found', 'another card');
    const { verdict, reason, fareTaken, checkedBy } = await stand.tap(card);
    assert.equal([verdict, reason, fareTaken, checkedBy], ['checked-by-hand', 'not-found', true, 'key']);
    await stand.showed('passenger', 'light green', '请上车', '车费已付');
    assert.is((await stand.tap(card)).verdict, 'repeat', 'used once');
    assert.equal(checks(stand), [
      ['not-found', 100, null, null],
      ['not-found', 100, null, null],
      ['checked-by-hand', 0, 1, 'key'],
      ['repeat', 0, null, null],
    ]);
    assert.match(await stand.ask('journal'), /checked-by-hand \(not-found\), seq 1 confirmed by key/);
  });

  test('by the console: a fresh code of the same account rides, and pays at this tap', async context => {
    const stand = await startStand(context, ningbo);
    const phone = stand.crowd.phone('none');
    const first = await stand.scan(phone.showCode({ at: Date.now() - 30_000 }));
    assert.equal([first.verdict, first.fareTaken], ['not-found', false]);
    await stand.showed('passenger', '查验后请再扫码');
    assert.match(await stand.ask('status'), /crew +seq 1 \(not-found\) may be confirmed/);
    assert.match(await stand.ask('confirm'), /seq 1 \(not-found\): its medium's next tap rides within 600 s/);
    assert.match(await stand.ask('confirm'), /has been confirmed before/);
    assert.match(await stand.ask('status'), /crew +seq 1 confirmed, its medium rides for another/);
    const technician = await stand.technician();
    technician.type('explain\r');
    await until('explain waits', () => technician.text().includes('present a card or a code'));
    const second = await stand.scan(phone.showCode({ at: Date.now() }));
    assert.equal([second.verdict, second.fareFen], ['checked-by-hand', 100]);
    const explained = /checked +by hand, confirmed by console, after seq 1/;
    await until('the explanation', () => explained.test(technician.text()));
    assert.match(await stand.ask('confirm'), /nobody/);
  });

  test('by touch; the same code rides too, though it was used', async context => {
    const stand = await startStand(context, { ...slow, displays: 'nextion' });
    const code = stand.crowd.code('unknown');
    assert.is((await stand.scan(code)).verdict, 'cannot-verify');
    assert.equal((await confirmed(stand, () => stand.post.screens.crew.touch?.())).by, 'touch');
    await stand.shows('passenger', '请再次扫码');
    assert.equal((await stand.scan(code)).verdict, 'checked-by-hand');
    assert.is((await stand.scan(code)).verdict, 'repeat');
  });

  test('a crew card confirms and never rides, whoever’s it is; its token says by whom', async context => {
    const stand = await startStand(context, ningbo);
    const number = stand.crowd.account('t-union', 'green');
    const crewCard = createVirtualCard(tUnionImage({ number }));
    const blocked = createVirtualCard(tUnionImage({ number, blacklisted: true }));
    await stand.tap(crewCard);
    const [row] = stand.rows();
    const token = toHex(row?.token ?? new Uint8Array());
    const crewCheck = { windowS: 600, notFoundPays: 'second-tap', cards: [token] };
    await stand.cutPower(() => changeSettings(stand.office.files.policy, { crewCheck }));
    await stand.ready();
    const shown = async () => {
      let held: Awaited<ReturnType<Stand['post']['insert']>> | undefined;
      const outcome = await confirmed(stand, async () => {
        held = await stand.post.insert(crewCard, []);
      });
      await held?.remove();
      return outcome;
    };
    assert.is((await shown()).outcome, 'nothing', 'as the first medium');
    await stand.shows('crew', '没有待确认的乘客');
    const card = stand.crowd.bmac('none');
    await stand.tap(card);
    assert.is((await stand.tap(blocked)).reason, 'blacklisted', 'one that was lost confirms nobody');
    assert.is((await shown()).outcome, 'confirmed');
    assert.is((await stand.tap(card)).checkedBy, 'card');
    assert.equal(checks(stand).slice(1), [
      ['not-found', 0, null, null],
      ['invalid', 0, null, null],
      ['checked-by-hand', 100, 2, token],
    ]);
    assert.not.ok(JSON.stringify(stand.log).includes(token), 'no log says whose');
  });

  test('nobody: before any tap, after a restart, for who is abnormal, and for what is no medium', async context => {
    const stand = await startStand(context, slow);
    assert.is((await pressed(stand)).outcome, 'nothing');
    await stand.shows('crew', '没有待确认的乘客');
    await stand.shows('passenger', '请刷卡或扫码');
    const card = stand.crowd.tUnion('none');
    await stand.tap(card);
    await stand.cutPower();
    await stand.ready();
    assert.is((await pressed(stand)).outcome, 'nothing');
    await stand.tap(card);
    await stand.tap(stand.crowd.tUnion('red'));
    assert.is((await pressed(stand)).outcome, 'nothing', 'the crew has an abnormal code before them');
    await stand.scan('https://example.com/health');
    assert.is((await pressed(stand)).outcome, 'nothing');
  });

  test('the Health Kit’s own code before the camera is not in the way', async context => {
    const stand = await startStand(context, slow);
    const card = stand.crowd.tUnion('none');
    await stand.tap(card);
    assert.is((await stand.scan('https://example.com/health')).verdict, 'invalid');
    assert.is((await pressed(stand)).outcome, 'confirmed');
    assert.is((await stand.tap(card)).verdict, 'checked-by-hand');
  });

  test('a key that is stuck keeps neither screens nor taps nor the log busy', async context => {
    const stand = await startStand(context, slow);
    const stuck = setInterval(() => stand.post.crewKey.press(), 100);
    context.after(() => clearInterval(stuck));
    await stand.logged('presses-dropped', 0);
    await stand.tap(stand.crowd.tUnion('green'));
    await stand.showed('passenger', '请上车');
    await stand.shows('passenger', '请刷卡或扫码');
    const before = stand.log.filter(({ event }) => event === 'presses-dropped').length;
    await sleep(2000);
    assert.is(stand.log.filter(({ event }) => event === 'presses-dropped').length, before);
  });

  test('a wire that breaks is a fault on the crew’s screen, and mends by itself', async context => {
    const stand = await startStand(context, slow);
    const from = stand.log.length;
    stand.post.crewKey.unplug();
    await stand.logged('part-fault', from);
    await stand.logged('part-ready', from);
    assert.is((await pressed(stand)).outcome, 'nothing');
  });
});
