/** A stranger is told to use another card, a locked card that it is locked, and only a bad contact to present again. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import {
  bmac,
  fci,
  outcome,
  readScript,
  type Script,
  selectTUnion,
  storageAtr,
  tUnion,
  whyOf,
} from './scripted-card.ts';

const phone = '00A4040010A00000063201010510009156000014A1';
const oldPhone = '00A40400089156000014010001';
const other = `6F158408A000000333010101A5095004504159319F1100`;
const payDirectory = '6F10840E325041592E5359532E4444463031';
/** A card of its own kind that answers SELECT like this. */
const stranger = (answer: string): Script => ({ [selectTUnion]: answer });
const allFiles = (status: string) =>
  Object.fromEntries(Object.keys(tUnion).map(command => [command, status]));

suite('strangers', test => {
  const answers = [
    '6D0000',
    '0000',
    '6F00',
    '917E',
    '9000',
    '9100',
    '6999',
    '6400',
    '6E00',
    '6700',
    '6982',
    '1234',
    '9000009000',
    `${other}9000`,
    `${payDirectory}9000`,
    '6F00',
    '6F009000',
    '6E00',
    '94039403',
  ];
  test('are told to use another card, whatever they answer to SELECT', () => {
    for (const answer of answers) {
      assert.is(outcome(stranger(answer)), 'unsupported', answer);
      assert.is(outcome({ ...stranger(answer), [phone]: answer, [oldPhone]: answer }), 'unsupported', answer);
      const always = { ...allFiles(answer), [phone]: answer, [oldPhone]: answer };
      if (answer.length <= 4) assert.is(outcome(always), 'unsupported', `always ${answer}`);
    }
    for (const answer of ['6D0000', '0000', '6F00', '917E', `${other}9000`]) {
      assert.is(outcome({ ...tUnion, ...stranger(answer) }), 'unsupported', `${answer}, and our files`);
    }
    assert.match(whyOf(stranger('917E')), /917E/);
  });

  test('an FCI that names another application hides nothing that comes after it', () => {
    assert.is(
      outcome({ ...tUnion, [selectTUnion]: `${other}9000`, [phone]: `${fci}9000` }),
      'taken ordinary 2850',
    );
    assert.is(outcome({ ...bmac, ...stranger('6F00') }), 'taken unknown 2835');
    assert.is(outcome({ ...bmac, ...stranger('9000') }), 'taken unknown 2835');
    assert.is(outcome({ ...bmac, ...stranger('6A81') }), 'taken unknown 2835');
  });

  test('SELECT without an FCI: the files decide', () => {
    assert.is(outcome({ ...tUnion, [selectTUnion]: '9000' }), 'taken ordinary 2850');
  });
});

suite('locked cards', test => {
  test('have said so: SELECT, the files, the purse, the mark', () => {
    const locked: Record<string, Script> = {
      'SELECT 9303': { [selectTUnion]: '9303' },
      'SELECT 9304': { [selectTUnion]: '9304' },
      'SELECT 6A81': { [selectTUnion]: '6A81' },
      'the phone application': { [selectTUnion]: '6A82', [phone]: '9303' },
      'the old application': { [selectTUnion]: '6A82', [oldPhone]: '6283' },
      'SELECT 6283, files 6985': { ...allFiles('6985'), [selectTUnion]: '6283' },
      'SELECT 6283 with FCI, files 6985': { ...allFiles('6985'), [selectTUnion]: `${fci}6283` },
      'SELECT 6285, files 9303': { ...allFiles('9303'), [selectTUnion]: '6285' },
      'SELECT 9000, files 6985': { ...allFiles('6985'), [selectTUnion]: `${fci}9000` },
      'all 9303': allFiles('9303'),
      'SELECT 6283, good files': { ...tUnion, [selectTUnion]: `${fci}6283` },
      'file 15': { ...tUnion, [selectTUnion]: '9000', '00B095001E': '9303' },
      'file 17': { ...tUnion, '00B097003C': '9303' },
      'the balance': { ...tUnion, '805C030204': '9303' },
      'the overdraft': { ...tUnion, '805C020204': '6283' },
      'the mark': { ...tUnion, '00A4000002ADFA': '6283' },
      'the mark is terminated': { ...tUnion, '00A4000002ADFA': '6285' },
      'the mark, and no balance': { ...tUnion, '805C030204': '6985', '00A4000002ADFA': '6283' },
      'old file 4': { ...bmac, '00B0840020': '9303' },
      'old file 5': { ...bmac, '00B0850009': '9303' },
      'old purse': { ...bmac, '00A40000021001': '6283' },
      'old balance': { ...bmac, '805C000204': '9303' },
      'old mark, and no balance': { ...bmac, '00B0850009': 'A500000001FFFFFFFF9000', '805C000204': '6985' },
    };
    for (const [what, script] of Object.entries(locked)) {
      assert.is(outcome(script), 'blacklisted', what);
    }
    assert.match(whyOf({ [selectTUnion]: '9303' }), /9303/);
  });
});

suite('cards of ours that fail', test => {
  test('a failure that may pass asks for another try, a refusal does not', () => {
    for (const failure of ['6F00', '6400', '6581', '0000', '90', '']) {
      for (const command of ['00B097003C', '805C030204', '805C020204', '00A4000002ADFA']) {
        assert.is(outcome({ ...tUnion, [command]: failure }), 'unreadable', `${command} ${failure}`);
      }
    }
    for (const refusal of ['6985', '6982', '6A82', '6D00', '6E00', '6700', '9400', '917E', '6881']) {
      assert.is(outcome({ ...tUnion, '805C030204': refusal, '805C000204': refusal }), 'unsupported', refusal);
      assert.match(whyOf({ ...tUnion, '805C030204': refusal, '805C000204': refusal }), new RegExp(refusal));
      assert.is(outcome({ ...tUnion, '00B097003C': refusal }), 'taken unknown 2850', refusal);
      assert.is(outcome({ ...bmac, '805C000204': refusal }), 'unsupported', refusal);
      assert.is(outcome({ ...bmac, '00B0850009': refusal }), 'unsupported', refusal);
    }
    assert.is(outcome({ ...tUnion, [selectTUnion]: '90' }), 'unreadable');
    assert.is(outcome({ ...tUnion, [selectTUnion]: '' }), 'unreadable');
  });
});

suite('storage cards', test => {
  test('are asked once; with T-Union behind it, that is the card', () => {
    assert.is(outcome(tUnion, storageAtr), 'taken ordinary 2850');
    for (const answer of ['6A81', '6300', '6F00', '90', '', '0000', '6A82', '9000', `${other}9000`]) {
      const { reading, asked } = readScript({ [selectTUnion]: answer }, storageAtr);
      assert.equal(reading, { read: 'unsupported', why: 'a storage card' }, answer);
      assert.is(asked.filter(command => command.startsWith('00A4')).length, 1, answer);
    }
    assert.is(outcome({ [selectTUnion]: '9303' }, storageAtr), 'blacklisted');
    assert.is(outcome({ ...tUnion, '805C030204': '6F00' }, storageAtr), 'unreadable');
  });
});
