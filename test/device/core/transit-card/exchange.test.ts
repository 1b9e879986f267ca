/** The exchange with a card is a loop: pieces are joined, and a piece never passes for the whole. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import {
  bmac,
  fci,
  file4,
  file15,
  file17,
  outcome,
  readScript,
  selectTUnion,
  tUnion,
  whyOf,
} from './scripted-card.ts';

const senior = `0000000010001000000003${'00'.repeat(49)}`;
const get = (length: number) => `00C00000${hex(length)}`;
const hex = (number: number) => number.toString(16).toUpperCase().padStart(2, '0');
const good = 'taken ordinary 2850';

/** The answers to GET RESPONSE that bring the rest of `whole` in pieces of `size`, each announced with the first one. */
function inPieces(
  whole: string,
  size: number,
  final = '9000',
): { first: string; rest: Record<string, string[]> } {
  const pieces = whole.match(new RegExp(`.{1,${2 * size}}`, 'g')) ?? [];
  const rest: Record<string, string[]> = {};
  let left = whole.length / 2;
  const answers = pieces.map(piece => {
    left -= piece.length / 2;
    return { piece, left };
  });
  const said = ({ piece, left: more }: { piece: string; left: number }) =>
    piece + (more > 0 ? `61${hex(more)}` : final);
  for (const [index, answer] of answers.entries()) {
    const before = answers[index - 1];
    if (before === undefined) continue;
    const command = get(before.left);
    rest[command] = [...(rest[command] ?? []), said(answer)];
  }
  const [first] = answers;
  return { first: first === undefined ? '' : said(first), rest };
}

suite('the exchange with a card', test => {
  test('file 17 in two pieces is one file: the kind is at its own byte 10', () => {
    const two = (file: string) => ({
      '00B097003C': `${file.slice(0, 32)}612C`,
      [get(44)]: `${file.slice(32)}9000`,
    });
    assert.is(outcome({ ...tUnion, ...two(senior) }), 'taken senior 2850');
    const innocent = `${file17.slice(0, 52)}03${file17.slice(54)}`;
    assert.is(outcome({ ...tUnion, ...two(innocent) }), good);
  });

  test('every answer in pieces of every size, after an announcement without data, or by 6Cxx', () => {
    const whole = {
      [selectTUnion]: fci,
      '00B095001E': file15,
      '00B097003C': senior,
      '805C030204': '00000B22',
    };
    for (const [command, answer] of Object.entries(whole)) {
      const length = answer.length / 2;
      for (const size of [1, 2, 7, 16]) {
        const { first, rest } = inPieces(answer, size);
        const pieces = { ...tUnion, '00B097003C': `${senior}9000`, [command]: first, ...rest };
        assert.is(outcome(pieces), 'taken senior 2850', `${command} by ${size}`);
        const announced = { ...pieces, [command]: `61${hex(length)}`, [get(length)]: first, ...rest };
        if (!(get(length) in rest))
          assert.is(outcome(announced), 'taken senior 2850', `${command} announced`);
      }
    }
  });

  test('61xx again and again without data, then the data', () => {
    const waiting = {
      '00B097003C': '613C',
      [get(60)]: ['613C', '613C', '6110', `${senior}9000`],
      [get(16)]: '613C',
    };
    assert.is(outcome({ ...tUnion, ...waiting }), 'taken senior 2850');
  });

  test('6Cxx: the same command with that length, its data kept, also to GET RESPONSE', () => {
    const read = { '00B097003C': '6C20', '00B0970020': `${senior.slice(0, 64)}9000` };
    assert.is(outcome({ ...tUnion, ...read }), 'taken senior 2850');
    const longer = { '00B095001E': '6C20', '00B0950020': `${file15}00009000` };
    assert.is(outcome({ ...tUnion, ...longer }), good);
    const selected = { [selectTUnion]: '6C33', [`${selectTUnion}33`]: `${fci}9000`, '00B095001E': '6A82' };
    assert.is(outcome({ ...tUnion, ...selected }), good);
    const fetched = { '00B097003C': '61FF', [get(0xff)]: '6C3C', [get(60)]: `${senior}9000` };
    assert.is(outcome({ ...tUnion, ...fetched }), 'taken senior 2850');
    const small = {
      '00B097003C': '613C',
      [get(60)]: '6C10',
      [get(16)]: `${senior.slice(0, 32)}612C`,
      [get(44)]: `${senior.slice(32)}9000`,
    };
    assert.is(outcome({ ...tUnion, ...small }), 'taken senior 2850');
    const thenPieces = {
      '00B097003C': '6C20',
      '00B0970020': `${senior.slice(0, 8)}611C`,
      [get(28)]: `${senior.slice(8, 64)}9000`,
    };
    assert.is(outcome({ ...tUnion, ...thenPieces }), 'taken senior 2850');
    assert.is(
      outcome({ ...tUnion, '00B097003C': '6C00', '00B0970000': `${senior}9000` }),
      'taken senior 2850',
    );
  });

  test('a piece never passes for the whole', () => {
    const first = senior.slice(0, 8);
    const rests = {
      cut: `${senior.slice(8, 40)}9000`,
      nothing: '9000',
      'no longer there': '6A82',
      refused: '6D00',
      failed: '6F00',
      half: '90',
    };
    for (const [what, rest] of Object.entries(rests)) {
      assert.is(outcome({ ...tUnion, '00B097003C': `${first}6138`, [get(56)]: rest }), 'unreadable', what);
      const kind = { '00B097003C': `${senior.slice(0, 32)}612C`, [get(44)]: rest };
      if (what !== 'failed')
        assert.is(outcome({ ...tUnion, ...kind }), 'unreadable', `${what}, after the kind`);
    }
    const balance = { '805C030204': '00006102', [get(2)]: '9000' };
    assert.is(outcome({ ...tUnion, ...balance }), 'unreadable');
    assert.is(outcome({ ...tUnion, '805C030204': '6104', [get(4)]: '0B229000' }), 'unreadable');
  });

  test('more than was asked for, in all or in a piece, and what never ends', () => {
    const whole = { '00B097003C': `${senior}613C`, [get(60)]: `${senior}9000` };
    assert.is(outcome({ ...tUnion, ...whole }), 'taken senior 2850', 'what was asked for is there');
    const surplus = { '00B097003C': `${senior.slice(0, 32)}6140`, [get(64)]: `${'03'.repeat(64)}9000` };
    assert.is(outcome({ ...tUnion, ...surplus }), 'unreadable');
    const piece = { '00B097003C': `${senior.slice(0, 32)}6110`, [get(16)]: `${'03'.repeat(44)}9000` };
    assert.is(outcome({ ...tUnion, ...piece }), 'unreadable');
    for (const endless of ['6110', '6C10', `${'00'.repeat(16)}6110`]) {
      for (const command of Object.keys(tUnion)) {
        const script = { ...tUnion, [command]: endless, [get(16)]: endless };
        const { reading, asked } = readScript({
          ...script,
          [`${command.slice(0, 8)}10`]: endless,
          [`${command}10`]: endless,
        });
        assert.is.not(reading.read, 'card', `${command} ${endless}`);
        assert.ok(asked.length < 200, 'it is bounded');
      }
    }
  });

  test('old Beijing cards the same', () => {
    const pieces = { '00B0840020': `${file4.slice(0, 4)}611E`, [get(30)]: `${file4.slice(4)}9000` };
    assert.is(outcome({ ...bmac, ...pieces }), 'taken unknown 2835');
    assert.is(outcome({ ...bmac, '00B0850009': '6109', [get(9)]: 'A500000001FFFFFFFF9000' }), 'blacklisted');
  });
});

suite('a warning with data', test => {
  test('is an answer where the data is enough', () => {
    for (const warning of ['6200', '6281', '6282', '6283', '6300', '63C3']) {
      const answers = {
        '00B095001E': file15,
        '00B097003C': senior.slice(0, 64),
        '805C030204': '00000B22',
        '805C020204': '00000000',
      };
      for (const [command, answer] of Object.entries(answers)) {
        const kind = command === '00B097003C' ? 'senior' : 'ordinary';
        assert.is(
          outcome({ ...tUnion, [command]: answer + warning }),
          `taken ${kind} 2850`,
          `${command} ${warning}`,
        );
      }
      assert.is(outcome({ ...bmac, '00B0840020': file4 + warning }), 'taken unknown 2835', warning);
      assert.is(
        outcome({ ...bmac, '00B0850009': `0000000001FFFFFFFF${warning}` }),
        'taken unknown 2850',
        warning,
      );
    }
    for (const warning of ['6200', '6284', '6300']) {
      assert.is(outcome({ ...tUnion, [selectTUnion]: fci + warning }), good, `SELECT ${warning}`);
    }
    const pieces = { '00B097003C': `${senior.slice(0, 8)}6138`, [get(56)]: `${senior.slice(8, 64)}6282` };
    assert.is(outcome({ ...tUnion, ...pieces }), 'taken senior 2850');
  });

  test('is not where it is short; the refusal names the status word', () => {
    const short = {
      '00B097003C': file17.slice(0, 20),
      '805C030204': '0000',
      '805C020204': '00',
    };
    for (const [command, answer] of Object.entries(short)) {
      assert.is(outcome({ ...tUnion, [command]: `${answer}6281` }), 'unreadable', command);
      assert.match(whyOf({ ...tUnion, [command]: `${answer}6281` }), /6281/);
      assert.match(whyOf({ ...tUnion, [command]: '6F00' }), /6F00/);
    }
    assert.match(whyOf({ ...bmac, '00B0850009': '6F01' }), /file 5 .*6F01/);
    assert.match(whyOf({ ...bmac, '00B0840020': '100075106282' }), /file 4 .*6282/);
  });
});
