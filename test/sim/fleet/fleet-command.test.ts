/** The fleet's program: every tap is accounted for, also after tunnels and hours without a network. */
import { Command } from 'commander';
import * as assert from 'uvu/assert';
import { messageOf } from '../../../device/kit/errors.ts';
import { addFleetCommand } from '../../../sim/fleet/fleet-command.ts';
import { suite } from '../../harness.ts';
import { runSimProcess } from '../run-sim.ts';

suite('fleet', test => {
  test('a few validators through two hours in the morning: each tap is in the store once', async context => {
    const words = '--validators 6 --from 06:30 --minutes 0.1 --speed 1200 --seed 3 --json'.split(' ');
    const { code, output } = await runSimProcess(['fleet', ...words], { context });
    const account = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    const { taps, stored, duplicates, lost, ackMs } = account;
    assert.ok(taps > 100, `${taps} taps`);
    assert.equal({ stored, duplicates, lost }, { stored: taps, duplicates: 0, lost: 0 });
    assert.ok(ackMs.p50 > 0 && ackMs.p99 >= ackMs.p50);
    assert.is(code, 0);
  });

  test('what it cannot do is refused, naming it', async () => {
    for (const [words, said] of [
      ['--validators 0', /validators/],
      ['--broker http://127.0.0.1', /broker/],
      ['--from 25:00', /07:30/],
      ['--speed 0', /above 0/],
      ['--certs /nowhere', /ca\.pem/],
    ] as const) {
      const program = new Command().exitOverride().configureOutput({ writeErr() {} });
      addFleetCommand(program);
      for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
      try {
        await program.parseAsync(['fleet', ...words.split(' ')], { from: 'user' });
        assert.unreachable(words);
      } catch (error) {
        assert.match(messageOf(error), said);
      }
    }
  });
});
