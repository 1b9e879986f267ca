/** Events of the bus as text for people. */
import * as assert from 'uvu/assert';
import { describeEvent } from '../../../../sim/bus/commands/describe-event.ts';
import { suite } from '../../../harness.ts';

suite('described events', test => {
  const tap = { event: 'tap', validator: 'front', verdict: 'invalid', reason: 'unsupported' };

  test('a tap that a command made has its screen with it', () => {
    const passengerScreen = { light: 'red', lines: ['无效码'] };
    const text = describeEvent({ ...tap, passenger: 'wang', passengerScreen });
    assert.is(text, 'front: wang: invalid (unsupported)\n  light red\n  无效码');
  });

  test('a tap that no command made is told without one', () => {
    assert.is(describeEvent(tap), 'tap: validator front, verdict invalid, reason unsupported');
  });
});
