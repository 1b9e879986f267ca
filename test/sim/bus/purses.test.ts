/** Purses in the passengers' hands: what is on them, what is put on them, and that looking does not touch a card in the field. */
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { fenOf } from '../../../sim/bus/commands/fare-commands.ts';
import { createKnownPurses, purseOf, topUp } from '../../../sim/bus/purses.ts';
import { bmacImage, mifareImage, tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { select } from '../../device/core/purchase/torn-card.ts';
import { suite } from '../../harness.ts';

suite('purses in hand', test => {
  test('balance, log and ride of both kinds of card; a door card has none', () => {
    const union = purseOf(createVirtualCard(tUnionImage({ balanceFen: 1234, overdraftFen: 0 })));
    assert.equal([union?.balanceFen, union?.ride, union?.log.length], [1234, null, 1]);
    const overdrawn = createVirtualCard(tUnionImage({ balanceFen: 0, overdraftFen: 300 }));
    assert.is(purseOf(overdrawn)?.balanceFen, -300);
    const old = purseOf(createVirtualCard(bmacImage({ balanceFen: 700 })));
    assert.equal([old?.balanceFen, old?.log.map(({ type }) => type)], [700, ['load']]);
    assert.is(purseOf(createVirtualCard(mifareImage())), undefined);
  });

  test('what was overdrawn is paid back first; too much is refused and changes nothing', () => {
    const card = createVirtualCard(tUnionImage({ balanceFen: 0, overdraftFen: 300, overdraftLimitFen: 800 }));
    assert.is(topUp(card, 1000).balanceFen, 700);
    assert.equal(card.money()?.overdraftUsed, 0);
    const full = createVirtualCard(tUnionImage({ balanceFen: 0xffff_ffff }));
    assert.throws(() => topUp(full, 1), 'no purse for so much');
    assert.is(purseOf(full)?.balanceFen, 0xffff_ffff);
    assert.throws(() => topUp(createVirtualCard(mifareImage()), 100), 'no purse');
  });

  test('looking at a card leaves what is selected and begun on it as it is', () => {
    const card = createVirtualCard(tUnionImage());
    select(card);
    const before = toHex(card.respond(Uint8Array.of(0x80, 0x5c, 0x03, 0x02, 0x04)));
    purseOf(card);
    assert.is(toHex(card.respond(Uint8Array.of(0x80, 0x5c, 0x03, 0x02, 0x04))), before);
  });

  test('who asks often is told what has changed', () => {
    const card = createVirtualCard(tUnionImage({ balanceFen: 500 }));
    const known = createKnownPurses(id => (id === 'wang' ? card : undefined));
    const first = known.of('wang');
    assert.is(known.of('wang'), first, 'nothing has moved');
    topUp(card, 100);
    assert.is(known.of('wang')?.balanceFen, 600);
    assert.is(known.of('li'), undefined);
  });

  test('amounts as they are typed', () => {
    assert.equal(['50', '12.5', '0.01', '1000'].map(fenOf), [5000, 1250, 1, 100_000]);
    for (const word of ['', '0', '-1', '1000.01', '1e2', '0x10', '1,5', '5.001'])
      assert.throws(() => fenOf(word), 'YUAN', word);
  });
});
