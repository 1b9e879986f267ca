/** Virtual cards under the command sequences of real readers, and under nonsense. */
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../device/core/bytes.ts';
import type { CardImage } from '../../../sim/media/card-image.ts';
import { bankImage, bmacImage, mifareImage, tUnionImage } from '../../../sim/media/card-images.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite } from '../../harness.ts';

function insert(image: CardImage) {
  const card = createVirtualCard(image);
  const ask = (hex: string) => toHex(card.respond(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(0)));
  return { card, ask };
}

const selectTUnion = '00 A4 04 00 08 A000000632010105';
const tUnionFile15 = '01011000ffffffff0201' + '03105112345678901234' + '2021030420310304' + '0000';

suite('virtual card', test => {
  test('plays a T-Union card to a bus reader', () => {
    const { ask } = insert(
      tUnionImage({
        number: '3105112345678901234',
        validFrom: '2021-03-04',
        validTo: '2031-03-04',
        kind: 'student',
        balanceFen: 1234,
        overdraftFen: 800,
      }),
    );
    const fci = `6f2d8408a000000632010105a5219f0c1e${tUnionFile15}`;
    assert.is(ask(selectTUnion), `${fci}9000`);
    assert.is(ask(`${selectTUnion} 00`), `${fci}9000`, 'with Le');
    assert.is(ask('00A4000002ADFA'), '6a82', 'not blacklisted');
    assert.is(ask('00 B0 95 00 1E'), `${tUnionFile15}9000`);
    const file17 = ask('00 B0 97 00 3C');
    assert.is(file17.length, 2 * 62);
    assert.is(file17.slice(0, 22), '0000015610001000000102');
    assert.is(ask('80 5C 03 02 04'), '000004d29000');
    assert.is(ask('80 5C 02 02 04'), '000003209000');
    assert.is(ask('00 B2 01 C4 17').length, 2 * 25);
    assert.match(ask('00 B2 02 D4 00'), /^27027d01(..){124}9000$/);
  });

  test('answers a phone instance to the short AID too', () => {
    const { ask } = insert(tUnionImage({ inPhone: true }));
    assert.match(ask('00A4040010 A00000063201010510009156000014A1'), /^6f358410a0.*9000$/);
    assert.match(ask(selectTUnion), /9000$/);
  });

  test('prefers the exact AID to a longer one before it', () => {
    const applications = [
      { aid: 'A00000063201010510', fci: '01' },
      { aid: 'A000000632010105', fci: '02' },
    ];
    const { ask } = insert({ atr: '3b00', applications });
    assert.is(ask(selectTUnion), '029000');
    assert.is(ask('00 A4 04 0C 08 A000000632010105'), '9000', 'P2 0C asks for no FCI');
    assert.is(ask('00 A4 04 00 09 A00000063201010511'), '6a82');
  });

  test('shows the blacklist mark and stays readable', () => {
    const { ask } = insert(tUnionImage({ blacklisted: true }));
    ask(selectTUnion);
    assert.is(ask('00A4000002ADFA'), '6283');
    assert.match(ask('00B095001E'), /9000$/);
  });

  test('has its master file selected at power-on and after a reset', () => {
    const { card, ask } = insert(tUnionImage());
    assert.is(ask('00B095001E'), '6a82');
    ask(selectTUnion);
    assert.match(ask('00B095001E'), /9000$/);
    assert.is(ask('00A4000002DF99'), '6a82', 'nothing found keeps the selection');
    assert.match(ask('00B095001E'), /9000$/);
    card.reset();
    assert.is(ask('00B095001E'), '6a82');
  });

  test('plays an old Beijing card', () => {
    const { ask } = insert(
      bmacImage({
        number: '1000751011112222',
        validFrom: '2012-01-02',
        validTo: '2032-01-02',
        balanceFen: 350,
        overdraftFen: 100,
      }),
    );
    assert.is(ask(selectTUnion), '6a82');
    const file4 = ask('00 B0 84 00 20');
    assert.is(file4.slice(0, 20), '10007510111122220002');
    assert.is(file4.slice(48), '20120102203201029000');
    assert.is(ask('00 B0 85 05 04'), '000000649000');
    assert.is(ask('80 5C 00 02 04'), '6985', 'no purse in the master file');
    assert.is(ask('00 A4 00 00 02 1001'), '9000');
    assert.is(ask('80 5C 00 02 04'), '0000015e9000');
    assert.is(ask('00 B0 84 00 20'), '6a82', 'file 4 is not in the purse');
    assert.is(ask('00 A4 00 00 02 3F00'), '9000');
    assert.match(ask('00 B0 84 00 20'), /9000$/);
  });

  test('marks old Beijing cards as blacklisted or not enabled', () => {
    assert.is(insert(bmacImage({ blacklisted: true })).ask('00B0850001'), 'a59000');
    assert.is(insert(bmacImage()).ask('00B0850504'), 'ffffffff9000');
    assert.is(insert(bmacImage({ enabled: false })).ask('00B0840901'), '009000');
    assert.is(
      insert(tUnionImage({ enabled: false }))
        .ask(selectTUnion)
        .slice(52, 54),
      '02',
    );
  });

  test('plays a bank card that knows nothing of us', () => {
    const { ask } = insert(bankImage());
    assert.is(ask(selectTUnion), '6a82');
    const directory = '325041592e5359532e4444463031';
    assert.match(ask(`00A404000E${directory}00`), /^6f..840e3250.*bf0c.*4f08a000000333010101.*9000$/);
    assert.match(ask('00A4040007A0000003330101'), /^6f.*9f380c.*9000$/, 'partial name');
    assert.is(ask('00B0840020'), '6a82');
  });

  test('has an ATR whose check byte is right', () => {
    assert.is(toHex(insert(mifareImage()).card.atr), '3b8f8001804f0ca000000306030001000000006a');
    for (const image of [tUnionImage(), bmacImage(), bankImage(), mifareImage()]) {
      const { atr } = insert(image).card;
      assert.is(atr[0], 0x3b);
      assert.is((atr[1] ?? 0) & 0x0f, atr.length - 5, 'count of historical bytes');
      assert.is(
        atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0),
        0,
      );
    }
  });

  test('gives a random UID that changes with each power cycle', () => {
    const { card, ask } = insert(tUnionImage());
    const uid = ask('FFCA000000');
    assert.match(uid, /^08.{6}9000$/);
    assert.is(ask('FFCA000000'), uid);
    const later = Array.from({ length: 4 }, () => {
      card.reset();
      return ask('FFCA000000');
    });
    assert.ok(later.some(other => other !== uid));
    assert.is(ask('FFCA010000'), '6a86');
  });

  test('answers what it has when Le asks for more, and less when it asks for less', () => {
    const { ask } = insert({ atr: '3b00', applications: [{ aid: 'mf', files: { '4': '010203' } }] });
    assert.is(ask('00B0840000'), '0102039000');
    assert.is(ask('00B0840020'), '0102039000');
    assert.is(ask('00B0840102'), '02039000');
    assert.is(ask('00B0840001'), '019000');
  });

  const statusWords: readonly (readonly [why: string, command: string, statusWord: string])[] = [
    ['another class', '90B0950000', '6e00'],
    ['another instruction', '00DD000000', '6d00'],
    ['a proprietary instruction we lack', '8058030200', '6d00'],
    ['an offset past the end', '00B0951E01', '6b00'],
    ['a file that is not there', '00B0930000', '6a82'],
    ['no current file', '00B0000000', '6986'],
    ['bits of P1 that mean nothing', '00B0F50000', '6a86'],
    ['a record that is not there', '00B202C417', '6a83'],
    ['record number 0', '00B200C417', '6a83'],
    ['a record file that is not there', '00B2018400', '6a82'],
    ['a record mode we lack', '00B201C517', '6a86'],
    ['SELECT by path', '00A40804023F00', '6a86'],
    ['the next occurrence', '00A4040205A000000632', '6a86'],
    ['a DF id of three bytes', '00A4000003100101', '6700'],
    ['SELECT by an empty AID', '00A40400', '6a82'],
    ['an odd balance kind', '805C010204', '6a86'],
    ['a balance of no purse type', '805C030104', '6a86'],
    ['no Le', '00B09500', '6700'],
    ['data where none belongs', '00B095000101', '6700'],
    ['nothing at all', '', '6700'],
    ['one byte', '00', '6700'],
    ['three bytes', '00A404', '6700'],
    ['Lc beyond the end', '00A4040008A000', '6700'],
    ['bytes after Le', '00A4000002100100FF', '6700'],
    ['extended length', '00A404000000021001', '6700'],
  ];
  for (const [why, command, statusWord] of statusWords) {
    test(`answers ${statusWord} to ${why}`, () => {
      const { ask } = insert(tUnionImage());
      ask(selectTUnion);
      assert.is(ask(command), statusWord);
    });
  }

  test('answers any bytes with at least a status word', () => {
    const { card } = insert(tUnionImage());
    const random = createRandom(7);
    for (let i = 0; i < 5000; i++) {
      const command = random.bytes(Math.floor(random.between(0, 12)));
      if (i % 2 === 0) command.set(Uint8Array.of(0x00, 0xb0).subarray(0, command.length));
      const response = card.respond(command);
      assert.ok(response.length >= 2 && response.length <= 258);
    }
  });
});
