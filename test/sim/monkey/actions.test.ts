import * as assert from 'uvu/assert';
import { createRandom } from '../../../sim/media/random.ts';
import { createActions } from '../../../sim/monkey/actions.ts';
import { monkeyPassengers } from '../../../sim/monkey/passenger-list.ts';
import { cardFaults } from '../../../sim/wires/card-faults.ts';
import { suite } from '../../harness.ts';

function actionsOf(seed: number, count: number): string[] {
  const random = createRandom(seed);
  const next = createActions(random, monkeyPassengers(random));
  return Array.from({ length: count }, () => next().join(' + '));
}

suite('actions of the monkey', test => {
  test('the same seed does the same in the same order, another something else', () => {
    assert.equal(actionsOf(7, 200), actionsOf(7, 200));
    assert.is.not(actionsOf(7, 200).join(), actionsOf(8, 200).join());
  });

  test('in the long run it does all that it knows', () => {
    const done = actionsOf(1, 3000).join('\n');
    for (const name of [
      'tap',
      'show',
      'scan',
      'health',
      'register',
      'withdraw',
      'deny',
      'reinstate',
      'phase',
      'publish',
      'data',
      'network',
    ]) {
      assert.match(done, new RegExp(`^${name} `.replace('publish ', 'publish$'), 'm'), name);
    }
    for (const fault of Object.keys(cardFaults)) assert.match(done, ` ${fault}`);
    assert.match(done, /^tap front .* \+ (tap|scan|show) rear /m);
    assert.not.match(done, /^\w+ front (\S+).* \+ \w+ rear \1( |$)/m, 'nobody is at both doors at once');
    assert.match(done, /^bytes (front|rear) (scanner|console) [0-9a-f]{2,4000}$/m);
  });
});
