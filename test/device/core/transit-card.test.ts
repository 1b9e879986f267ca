import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { CardReading } from '../../../device/core/transit-card/reading.ts';
import { checkTransitCard, readTransitCard } from '../../../device/core/transit-card.ts';
import type { CardImage } from '../../../sim/media/card-image.ts';
import {
  type BmacOptions,
  bankImage,
  bmacImage,
  mifareImage,
  type TUnionOptions,
  tUnionImage,
} from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite } from '../../harness.ts';

type Answer = (command: Uint8Array, given: Uint8Array, count: number) => Uint8Array;
const now = Date.parse('2022-06-10T08:00:00+08:00');

/** Reads a card to the end; `spoil` may change what it answers. */
function read(image: CardImage, spoil: Answer = (_command, given) => given): CardReading {
  const card = createVirtualCard(image);
  const dialogue = readTransitCard(card.atr);
  let step = dialogue.next();
  for (let count = 0; !step.done; count++) {
    assert.ok(count < 30, 'the reading ends');
    step = dialogue.next(spoil(step.value, card.respond(step.value), count));
  }
  return step.value;
}

function outcome(reading: CardReading, at = now): string {
  const check = checkTransitCard(reading, at);
  return check.accepted ? 'taken' : check.reason;
}

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const tUnion = (options: TUnionOptions = {}) =>
  tUnionImage({ number: '3105100123456789012', validFrom: '2020-01-01', validTo: '2030-12-31', ...options });
const bmac = (options: BmacOptions = {}) =>
  bmacImage({ number: '1000751234567890', validFrom: '2020-01-01', validTo: '2030-12-31', ...options });

suite('T-Union cards', test => {
  test('number, city, validity, kind, balance less the overdraft', () => {
    const reading = read(tUnion({ kind: 'student', balanceFen: 1234, overdraftFen: 34 }));
    assert.equal(reading, {
      read: 'card',
      card: {
        medium: 't-union',
        number: '3105100123456789012',
        city: '1000',
        enabled: true,
        blacklisted: false,
        validFrom: '2020-01-01',
        validTo: '2030-12-31',
        kind: 'student',
        balanceFen: 1200,
        purse: { number: hex('5100123456789012'), issuer: hex('01011000FFFFFFFF') },
      },
    });
    assert.is(outcome(reading), 'taken');
  });

  test('every kind, cards of other cities, phones that emulate one, an overdrawn purse', () => {
    for (const kind of ['ordinary', 'student', 'senior', 'test', 'military', 'unknown'] as const) {
      const reading = read(tUnion({ kind }));
      assert.is(reading.read === 'card' && reading.card.kind, kind);
    }
    const far = read(tUnion({ city: '5810', inPhone: true, balanceFen: 0, overdraftFen: 250 }));
    assert.ok(far.read === 'card');
    assert.is(`${far.card.city} ${far.card.balanceFen}`, '5810 -250');
  });

  test('refused: not enabled, not yet valid, expired, blacklisted', () => {
    assert.is(outcome(read(tUnion({ enabled: false }))), 'not-enabled');
    assert.is(outcome(read(tUnion({ validFrom: '2022-06-11' }))), 'not-yet-valid');
    assert.is(outcome(read(tUnion({ validTo: '2022-06-09' }))), 'expired');
    assert.is(outcome(read(tUnion({ blacklisted: true }))), 'blacklisted');
  });

  test('valid on its first and its last day, as Beijing counts days', () => {
    const reading = read(tUnion({ validFrom: '2022-06-10', validTo: '2022-06-10' }));
    const at = (text: string) => outcome(reading, Date.parse(`${text}+08:00`));
    assert.is(at('2022-06-09T23:59:59'), 'not-yet-valid');
    assert.is(at('2022-06-10T00:00:00'), 'taken');
    assert.is(at('2022-06-10T23:59:59'), 'taken');
    assert.is(at('2022-06-11T00:00:00'), 'expired');
  });

  test('file 15 only in the FCI; no file 17; no overdraft purse', () => {
    const withoutFile =
      (sfi: number, status: string): Answer =>
      (command, given) =>
        command[1] === 0xb0 && command[2] === (0x80 | sfi) ? hex(status) : given;
    assert.is(outcome(read(tUnion(), withoutFile(0x15, '6a82'))), 'taken');
    const unkind = read(tUnion({ kind: 'student' }), withoutFile(0x17, '6a82'));
    assert.is(unkind.read === 'card' && unkind.card.kind, 'unknown');
    const noOverdraft: Answer = (command, given) =>
      command[1] === 0x5c && command[2] === 0x02 ? hex('6a86') : given;
    assert.is(outcome(read(tUnion({ overdraftFen: 10 }), noOverdraft)), 'taken');
  });

  test('61xx and 6Cxx are obeyed', () => {
    let waiting = new Uint8Array();
    const chained: Answer = (command, given) => {
      if (command[1] === 0xc0) return waiting;
      if (command[1] !== 0xa4 || given.length < 10) return given;
      waiting = Uint8Array.from(given);
      return Uint8Array.of(0x61, given.length - 2);
    };
    assert.is(outcome(read(tUnion(), chained)), 'taken');
    const wrongLength: Answer = (command, given) =>
      command[1] === 0xb0 && command[4] === 60 ? hex('6c1e') : given;
    assert.is(outcome(read(tUnion(), wrongLength)), 'taken');
  });

  test('the first nibble of the number is dropped, whatever it is', () => {
    const padded: Answer = (command, given) =>
      command[1] === 0xb0 && command[2] === 0x95 ? given.with(10, 0xf0 | ((given[10] ?? 0) & 0x0f)) : given;
    const reading = read(tUnion(), padded);
    assert.is(reading.read === 'card' && reading.card.number, '3105100123456789012');
  });

  test('an overdraft, a kind or a blacklist mark that cannot be read is never taken for none', () => {
    const answers = (ins: number, p1: number, answer: string): Answer => {
      return (command, given) => (command[1] === ins && command[2] === p1 ? hex(answer) : given);
    };
    for (const broken of ['6f00', '6281', '0000009000', '9000']) {
      assert.is(
        outcome(read(tUnion({ overdraftFen: 60 }), answers(0x5c, 0x02, broken))),
        'unreadable',
        broken,
      );
    }
    for (const broken of ['6f00', '9000', '0000009000']) {
      assert.is(
        outcome(read(tUnion({ kind: 'student' }), answers(0xb0, 0x97, broken))),
        'unreadable',
        broken,
      );
    }
    const blacklist = (answer: string): Answer => {
      return (command, given) => (command[1] === 0xa4 && command[5] === 0xad ? hex(answer) : given);
    };
    assert.is(outcome(read(tUnion({ blacklisted: true }), blacklist('6f00'))), 'unreadable');
    assert.is(outcome(read(tUnion({ blacklisted: true }), blacklist('6982'))), 'unsupported');
    assert.is(outcome(read(tUnion(), blacklist('9000'))), 'taken');
  });

  test('more data than was asked for: unreadable, whichever answer it is', () => {
    for (let spoilt = 0; spoilt < 5; spoilt++) {
      const surplus: Answer = (_command, given, count) =>
        count === spoilt ? Uint8Array.of(...new Uint8Array(250), ...given) : given;
      const reading = read(tUnion(), surplus);
      assert.is(outcome(reading), 'unreadable', `answer ${spoilt}`);
    }
  });

  test('a number that is no number, dates that are no dates: not taken, and no other try; a cut file: once more', () => {
    const change =
      (offset: number, byte: number): Answer =>
      (command, given) =>
        command[1] === 0xb0 && command[2] === 0x95 ? given.with(offset, byte) : given;
    for (const [offset, byte] of [
      [12, 0x1a],
      [22, 0x13],
      [27, 0x32],
      [24, 0xff],
    ] as const) {
      assert.is(outcome(read(tUnion(), change(offset, byte))), 'unsupported');
    }
    const short: Answer = (command, given) => {
      if (command[1] === 0xa4) return hex('9000');
      return command[1] === 0xb0 ? given.subarray(given.length - 20) : given;
    };
    assert.is(outcome(read(tUnion(), short)), 'unreadable');
  });
});

suite('old Beijing cards', test => {
  test('number, validity, balance; the kind is not on the card', () => {
    for (const inPhone of [false, true]) {
      const reading = read(bmac({ balanceFen: 4321, inPhone }));
      assert.equal(reading, {
        read: 'card',
        card: {
          medium: 'bmac',
          number: '1000751234567890',
          city: '1000',
          enabled: true,
          blacklisted: false,
          validFrom: '2020-01-01',
          validTo: '2030-12-31',
          kind: 'unknown',
          balanceFen: 4321,
          purse: { number: hex('1000751234567890'), issuer: hex('1000FFFFFFFFFFFF') },
        },
      });
    }
  });

  test('the balance has its top bit masked and the overdraft taken off', () => {
    const topBit: Answer = (command, given) => (command[1] === 0x5c ? given.with(0, 0x80) : given);
    const reading = read(bmac({ balanceFen: 500, overdraftFen: 120 }), topBit);
    assert.is(reading.read === 'card' && reading.card.balanceFen, 380);
  });

  test('refused: not enabled, expired, blacklisted', () => {
    assert.is(outcome(read(bmac({ enabled: false }))), 'not-enabled');
    assert.is(outcome(read(bmac({ validTo: '2022-06-09' }))), 'expired');
    assert.is(outcome(read(bmac({ blacklisted: true }))), 'blacklisted');
  });
});

suite('other cards', test => {
  test('storage cards and bank cards are unsupported, not unreadable', () => {
    assert.is(outcome(read(mifareImage())), 'unsupported');
    assert.is(outcome(read(bankImage())), 'unsupported');
    assert.is(outcome(read({ atr: '3b8180018080', applications: [] })), 'unsupported');
  });
});

suite('cards that misbehave', test => {
  const anyAnswer: Record<string, Answer> = {
    'nothing at all': () => new Uint8Array(),
    'half a status word': () => hex('90'),
    'too much': () => new Uint8Array(4000).fill(0x90),
  };
  const strangers: Record<string, Answer> = {
    'a status word that is none': () => hex('1234'),
    'an execution error': () => hex('6f00'),
  };

  test('every command answered wrongly: unreadable, or a stranger', () => {
    for (const [name, answer] of Object.entries(anyAnswer)) {
      assert.is(outcome(read(tUnion(), answer)), 'unreadable', name);
    }
    for (const [name, answer] of Object.entries(strangers)) {
      assert.is(outcome(read(tUnion(), answer)), 'unsupported', name);
    }
  });

  test('random answers never throw, the reading ends, and what is taken has a number and dates', () => {
    const answers = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.uint8Array({ maxLength: 40 }).map(data => Uint8Array.of(...data, 0x90, 0x00)),
      ),
      { minLength: 20, maxLength: 20 },
    );
    fc.assert(
      fc.property(answers, list => {
        const reading = read(
          tUnion(),
          (_command, _given, count) => list[count % list.length] ?? new Uint8Array(),
        );
        if (reading.read === 'card') assert.match(reading.card.number, /^\d{16,19}$/);
        assert.type(outcome(reading), 'string');
      }),
      { numRuns: 3000 },
    );
  });

  test('any one answer spoilt is never taken for another card', () => {
    for (let spoilt = 0; spoilt < 8; spoilt++) {
      for (const answer of Object.values({ ...anyAnswer, ...strangers })) {
        const reading = read(tUnion({ kind: 'senior' }), (c, given, count) =>
          count === spoilt ? answer(c, given, count) : given,
        );
        if (reading.read === 'card') assert.is(reading.card.number, '3105100123456789012');
      }
    }
  });
});
