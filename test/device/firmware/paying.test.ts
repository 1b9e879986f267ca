/** A running validator debits cards: over its wires, with a PSAM that comes and goes, and over power cuts. */
import * as assert from 'uvu/assert';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { slowBy } from '../../../sim/wires/card-faults.ts';
import type { CardFault } from '../../../sim/wires/vpcd-card.ts';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

const terminal = '110000000042';
/** Hangs up when this command has been carried out, before its answer. */
const leavesAfter =
  (ins: number): CardFault =>
  async (question, beneath) => {
    const reply = await beneath();
    return question.ask === 'command' && question.command[1] === ins ? 'close' : reply;
  };
const debit = 0x54;

suite('a validator that debits cards', test => {
  test('takes the fare, is torn and mended over a power cut, and does without its PSAM', async context => {
    const stand = await startStand(context, { terminal, policy: { repeatWindowS: 0 } });
    const card = stand.crowd.tUnion('green');
    const paid = await stand.tap(card);
    assert.equal([paid.verdict, paid.fareFen, paid.paidFen], ['pass', 100, 100]);
    await stand.showed('passenger', '请上车', '票价 1.00 元', '余额');

    // Torn after the debit: the card has paid, and the validator finds out when it is back.
    assert.is((await stand.tap(card, leavesAfter(debit))).event, 'card-lost');
    await stand.cutPower();
    await stand.ready();
    const from = stand.log.length;
    const again = await stand.tap(card);
    assert.equal([again.verdict, again.fareFen], ['pass', 0]);
    await stand.showed('passenger', '请上车', '车费已付');
    const { outcome } = await stand.logged('purchase-settled', from);
    assert.is(outcome, 'paid');
    const rows = stand.rows().map(row => Object(row));
    assert.equal(
      rows.map(({ event, purchase, of_row: of }) => [event, purchase, of]),
      [
        ['tap', 'begun', null],
        ['purchase', 'paid', 1],
        ['tap', 'begun', null],
        ['purchase', 'paid', 3],
        ['tap', null, null],
      ],
      'two rides, each paid once',
    );
    assert.is(rows[2].balance_fen - rows[0].balance_fen, -100);

    // A slow card is told to stay.
    await stand.tap(card, slowBy(60));
    await stand.showed('passenger', '请勿移开');

    await stand.post.psam?.pull();
    await stand.shows('passenger', '刷卡暂停使用 请扫码');
    await stand.shows('crew', '扣款模块故障');
    assert.match(await stand.ask('status'), /no PSAM in the slot/);
    const refused = await stand.tap(card);
    assert.equal([refused.verdict, refused.reason, refused.fareTaken], ['invalid', 'psam', false]);
    stand.post.psam?.plug(createPsam({ keys: testPurseKeys, terminal: '110000000099' }));
    await stand.shows('passenger', '请刷卡或扫码');
    assert.is((await stand.tap(card)).paidFen, 100);
    const lastTap = () => Object(stand.rows().findLast(row => Object(row).event === 'tap'));
    await until('the new PSAM is in the row', () => lastTap().terminal === '110000000099');
  });
});
