/** What a purse says: a top bit that says nothing, a bound, an overdraft; what other dates and numbers there are. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import {
  bmac,
  file4,
  file15,
  file17,
  outcome,
  readScript,
  type Script,
  tUnion,
  whyOf,
} from './scripted-card.ts';

const hex = (fen: number) => fen.toString(16).toUpperCase().padStart(8, '0');
const file5 = (overdraft: string) => `0000000001${overdraft}9000`;

suite('money on a card', test => {
  test('the top bit says nothing: purses and overdrafts of both cards', () => {
    assert.is(outcome({ ...tUnion, '805C030204': '800000009000' }), 'taken ordinary 0');
    assert.is(outcome({ ...tUnion, '805C030204': '80000B229000' }), 'taken ordinary 2850');
    assert.is(outcome({ ...tUnion, '805C020204': '800000009000' }), 'taken ordinary 2850');
    assert.is(outcome({ ...tUnion, '805C020204': '800000329000' }), 'taken ordinary 2800');
    assert.is(outcome({ ...bmac, '805C000204': '800000009000' }), 'taken unknown -15');
    for (const [overdraft, left] of Object.entries({
      '00000000': 2850,
      '80000000': 2850,
      '80000032': 2800,
      FFFFFFFF: 2850,
      '7FFFFFFF': 2850,
    })) {
      assert.is(outcome({ ...bmac, '00B0850009': file5(overdraft) }), `taken unknown ${left}`, overdraft);
    }
  });

  test('more than a purse can hold is unreadable, on each side', () => {
    assert.is(outcome({ ...tUnion, '805C030204': `${hex(500_000)}9000` }), 'taken ordinary 500000');
    for (const amount of [hex(500_001), '00FFFFFF', '7FFFFFFF', 'FFFFFFFF', 'FFFFFF9C']) {
      for (const command of ['805C030204', '805C020204']) {
        assert.is(outcome({ ...tUnion, [command]: `${amount}9000` }), 'unreadable', `${command} ${amount}`);
      }
      assert.is(outcome({ ...bmac, '805C000204': `${amount}9000` }), 'unreadable', amount);
      if (!/^.FFFFFFF$/.test(amount))
        assert.is(outcome({ ...bmac, '00B0850009': file5(amount) }), 'unreadable', amount);
    }
  });

  test('no purse 03: purse 00, less what of it may only be overdrawn', () => {
    for (const none of ['6A86', '6A82', '6B00']) {
      const old = { ...tUnion, '805C030204': none, '805C000204': '00000B229000' };
      assert.is(outcome(old), 'taken ordinary 2850', none);
      assert.is(outcome({ ...old, '805C020204': '000000329000' }), 'taken ordinary 2800', none);
      assert.is(outcome({ ...old, '805C010204': '000003209000' }), 'taken ordinary 2050', none);
    }
    assert.is(outcome({ ...tUnion, '805C030204': '6A86', '805C000204': '6A86' }), 'unsupported');
    assert.is(outcome({ ...tUnion, '805C030204': '6F00', '805C000204': '00000B229000' }), 'unreadable');
    assert.is(
      outcome({ ...tUnion, '805C030204': '6A86', '805C000204': '00000B229000', '805C010204': '6F00' }),
      'unreadable',
    );
  });
});

const with15 = (changed: string): Script => ({
  ...tUnion,
  '00A4040008A000000632010105': '9000',
  '00B095001E': `${changed}9000`,
});
const from = (date: string) => `${file15.slice(0, 40)}${date}${file15.slice(48)}`;
const until = (date: string) => `${file15.slice(0, 48)}${date}${file15.slice(56)}`;
const number = (digits: string) => `${file15.slice(0, 20)}${digits}${file15.slice(40)}`;

suite('fields that are not set', test => {
  test('a date that is not set is before or after all days', () => {
    assert.is(outcome(with15(from('00000000'))), 'taken ordinary 2850');
    assert.is(outcome(with15(from('FFFFFFFF'))), 'not-yet-valid');
    assert.is(outcome(with15(until('00000000'))), 'expired');
    assert.is(outcome(with15(until('FFFFFFFF'))), 'taken ordinary 2850');
    const old = (dates: string) => ({ ...bmac, '00B0840020': `${file4.slice(0, 48)}${dates}9000` });
    assert.is(outcome(old('00000000FFFFFFFF')), 'taken unknown 2835');
    assert.is(outcome(old('FFFFFFFF20401231')), 'not-yet-valid');
    assert.is(outcome(old('2019080600000000')), 'expired');
    for (const odd of ['20191399', '2019080F', '0000FFFF']) {
      assert.is(outcome(with15(from(odd))), 'unsupported', odd);
      assert.is(outcome(old(`20190806${odd}`)), 'unsupported', odd);
    }
  });

  test('a number is read without its padding', () => {
    const numbers: Record<string, string> = {
      '03105170019999900012': '3105170019999900012',
      F3105170019999900012: '3105170019999900012',
      '3105170019999900012F': '3105170019999900012',
      '0310517001999990001F': '310517001999990001',
      '310517001999990001FF': '310517001999990001',
      '03105170019999900FFF': '3105170019999900',
    };
    for (const [padded, digits] of Object.entries(numbers)) {
      const { reading } = readScript(with15(number(padded)));
      assert.is(reading.read === 'card' && reading.card.number, digits, padded);
    }
    for (const none of [
      'FFFFFFFFFFFFFFFFFFFF',
      '0310517001999FFFFFFF',
      '03105A70019999900012',
      '0310517FF19999900012',
    ]) {
      assert.is(outcome(with15(number(none))), 'unsupported', none);
      assert.not.match(whyOf(with15(number(none))), '310517');
    }
    assert.is(outcome({ ...bmac, '00B0840020': `100075101234567F${file4.slice(16)}9000` }), 'unsupported');
  });

  test('a city that is not BCD spoils nothing', () => {
    const odd = `0101FFFF${file15.slice(8)}`;
    const city = (script: Script) => {
      const { reading } = readScript(script);
      return reading.read === 'card' && reading.card.city;
    };
    assert.is(city(with15(odd)), '1000');
    assert.is(city({ ...with15(odd), '00B097003C': `${'FF'.repeat(10)}${file17.slice(20)}9000` }), 'unknown');
    assert.is(city({ ...with15(odd), '00B097003C': '6A82' }), 'unknown');
    assert.is(outcome(with15(odd)), 'taken ordinary 2850');
  });
});
