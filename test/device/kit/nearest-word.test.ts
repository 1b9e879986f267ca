import * as assert from 'uvu/assert';
import { nearestWord } from '../../../device/kit/nearest-word.ts';
import { suite } from '../../harness.ts';

suite('the nearest known word', test => {
  const known = ['tap', 'show', 'data', 'power', 'passenger'];

  test('one slip: a letter too many, missing or wrong, or two neighbours that changed places', () => {
    for (const slip of ['tapp', 'tp', 'tep', 'tpa', 'atp', 'TPA']) {
      assert.is(nearestWord(slip, known), 'tap', slip);
    }
    assert.is(nearestWord('pwoer', ['powder', 'power']), 'power', 'a swap is nearer than two slips');
    assert.is(nearestWord('pasesnegr', known), 'passenger', 'a swap and a letter that is missing');
  });

  test('how a word begins is enough where no other begins so', () => {
    assert.is(nearestWord('pass', known), 'passenger');
  });

  test('nothing near enough', () => {
    assert.is(nearestWord('wait', known), undefined);
    assert.is(nearestWord('tpa', []), undefined);
  });
});
