import * as assert from 'uvu/assert';
import { converse } from '../../../../device/core/transit-card/exchange.ts';
import { readPast } from '../../../../device/core/transit-card/past.ts';
import type { CardImage } from '../../../../sim/media/card-image.ts';
import { bmacImage, tUnionImage } from '../../../../sim/media/card-images.ts';
import { createVirtualCard, talkTo } from '../../../../sim/media/virtual-card.ts';
import { suite } from '../../../harness.ts';

function pastOf(image: CardImage, medium: 't-union' | 'bmac' = 't-union') {
  const past = talkTo(createVirtualCard(image), converse(readPast(medium)));
  assert.ok(!('broken' in past));
  return past;
}

/** A T-Union card with these records in place of its own. */
function withRecords(records: Record<string, string[]>): CardImage {
  const { applications, ...image } = tUnionImage();
  return { ...image, applications: applications.map(application => ({ ...application, records })) };
}

/** Record 2 of file 1A, somebody on line 38 of Beijing, changed at some bytes. */
function ride(changes: Readonly<Record<number, string>> = {}): string {
  const bytes = Buffer.alloc(128);
  const fields = {
    0: '27027d01',
    14: '01',
    15: '1000',
    27: '0038',
    29: '07',
    30: Buffer.from('A1234\0\0\0').toString('hex'),
    38: '110000000001',
    46: '20220601081530',
    53: '0000012c',
    ...changes,
  };
  for (const [offset, hex] of Object.entries(fields)) bytes.write(hex, Number(offset), 'hex');
  return bytes.toString('hex');
}

const none = '00'.repeat(128);
const onLine38 = {
  city: '1000',
  line: '38',
  stop: 7,
  bus: 'A1234',
  at: Date.UTC(2022, 5, 1, 0, 15, 30),
  mostFen: 300,
};

suite('a card’s past', test => {
  test('the ride that is open', () => {
    assert.equal(pastOf(withRecords({ '1A': [none, ride()] })).ride, onLine38);
    const phone = tUnionImage({ inPhone: true });
    assert.equal(pastOf(phone).ride, undefined);
  });

  test('no ride is open: off, not begun, another id, not valid, cut short, no record', () => {
    const records = [
      [none, ride({ 14: '02' })],
      [none, ride({ 14: '00' })],
      [none, ride({ 0: '2701' })],
      [none, ride({ 3: '00' })],
      [none, ride().slice(0, 100)],
      [ride()],
    ];
    for (const list of records) assert.is(pastOf(withRecords({ '1A': list })).ride, undefined, list.join());
    assert.is(pastOf(withRecords({})).ride, undefined);
  });

  test('what is no number and no time is left open; a name with filling and controls', () => {
    const odd = ride({ 15: 'ffff', 27: '0a0b', 30: 'ffff1b5b41312020', 46: '20220230081530' });
    const { city, line, bus, at } = pastOf(withRecords({ '1A': [none, odd] })).ride ?? onLine38;
    assert.equal({ city, line, bus, at }, { city: undefined, line: undefined, bus: '[A1', at: undefined });
    assert.is(pastOf(withRecords({ '1A': [none, ride({ 27: '0000' })] })).ride?.line, '0');
  });

  test('the log, newest first, ten at most, without what was never written', () => {
    const entry = (sequence: number, type: string, time = '20220601081530') =>
      `${sequence.toString(16).padStart(4, '0')}0000000000012c${type}110000000001${time}`;
    const blank = ['00'.repeat(23), 'ff'.repeat(23)];
    const list = [
      entry(9, '09'),
      entry(8, '05'),
      entry(7, '06'),
      ...blank,
      entry(6, '02'),
      entry(5, '44', 'ffffffffffffff'),
    ];
    const { log } = pastOf(withRecords({ '18': list }));
    const types = ['compound', 'purchase', 'purchase', 'load', 'other'];
    assert.equal(
      log.map(({ type }) => type),
      types,
    );
    assert.equal(
      log.map(({ sequence }) => sequence),
      [9, 8, 7, 6, 5],
    );
    assert.equal(log[0], {
      sequence: 9,
      amountFen: 300,
      type: 'compound',
      at: Date.UTC(2022, 5, 1, 0, 15, 30),
    });
    assert.is(log.at(-1)?.at, undefined);
    const many = Array.from({ length: 30 }, (_, i) => entry(100 - i, '09'));
    assert.is(pastOf(withRecords({ '18': many })).log.length, 10);
  });

  test('an old Beijing card has a log and no ride', () => {
    for (const inPhone of [false, true]) {
      const { ride: open, log } = pastOf(bmacImage({ inPhone }), 'bmac');
      assert.is(open, undefined);
      assert.equal(
        log.map(({ type, amountFen }) => [type, amountFen]),
        [['load', 5000]],
      );
    }
  });
});
