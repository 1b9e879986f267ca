/** Which commands are done: once, in time, and only as the answer to a hello of this connection. */
import * as assert from 'uvu/assert';
import { createCommandGate } from '../../../sync/uplink/command-gate.ts';
import type { Bodies } from '../../../sync/uplink/messages.ts';
import { suite } from '../../harness.ts';

const command = (answers: string, id = '1', withinS = 10): Bodies['command'] => ({
  ...{ answers, id, name: 'restart', withinS },
});
const done = { outcome: 'done', text: 'it is' } as const;

function gate() {
  let now = 1000;
  const { hear, ...others } = createCommandGate(() => now);
  return {
    ...others,
    hear,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

suite('command gate', test => {
  test('a command is done once; where its answer was lost, it is answered again', () => {
    const { greet, hear, settle } = gate();
    greet('a');
    assert.is(hear(command('a')), 'to do');
    assert.is(hear(command('a')), undefined);
    settle('1', done);
    greet('b');
    assert.equal(hear(command('b')), done);
    assert.is(hear(command('b', '2')), 'to do');
  });

  test('what answers no hello, or one of an earlier connection, comes too late', () => {
    const { greet, hear, beginAnew } = gate();
    assert.is(hear(command('a')), undefined);
    greet('a');
    beginAnew();
    assert.is(hear(command('a')), undefined);
    for (const hello of ['b', 'c', 'd']) greet(hello);
    assert.is(hear(command('b')), undefined);
    assert.is(hear(command('c')), 'to do');
  });

  test('a command that was held back is not done when its time is over', () => {
    const { greet, hear, pass } = gate();
    greet('a');
    pass(10_000);
    assert.is(hear(command('a')), 'to do');
    pass(1);
    assert.is(hear(command('a', '2')), undefined);
    assert.is(hear(command('a', '3', 11)), 'to do');
  });

  test('however many there were, the newest are remembered', () => {
    const { greet, hear } = gate();
    greet('a');
    for (let i = 0; i < 1000; i++) assert.is(hear(command('a', `${i}`)), 'to do');
    for (let i = 800; i < 1000; i++) assert.is(hear(command('a', `${i}`)), undefined, `${i}`);
  });
});
