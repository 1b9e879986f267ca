/** The commands that end the firmware: who is not sure ends nothing, and no ride is lost. */
import * as assert from 'uvu/assert';
import { factoryReset } from '../../../../device/console/commands/factory-reset.ts';
import { restart, shutdown } from '../../../../device/console/commands/power.ts';
import { suite, until } from '../../../harness.ts';
import { journalEntry } from '../../journal/journal-entry.ts';
import { maintained, refusal, run } from '../maintained.ts';

suite('commands that end the firmware', test => {
  test('restart does not ask; shutdown asks once, or is told at once', async context => {
    const { context: console, ended } = maintained(context);
    await run(restart, console);
    await until('the end', () => ended.length === 1);
    for (const answer of [[], [''], ['no'], ['yess']])
      assert.is(await refusal(shutdown, console, [], answer), 'not-confirmed');
    await run(shutdown, console, [], { answers: [' YES '] });
    await until('the end', () => ended.length === 2);
    await run(shutdown, console, ['yes']);
    await until('the end', () => ended.length === 3);
    assert.equal(ended, ['anew', 'down', 'down']);
  });

  test('factory-reset asks twice, and says what it keeps', async context => {
    const { world, context: console, ended, journal } = maintained(context);
    for (let i = 0; i < 4; i++) journal.append(journalEntry());
    for (const answers of [
      [],
      ['yes'],
      ['no', 'bus-1-front'],
      ['yes', 'bus-1-rear'],
      ['yes', 'yes'],
      ['bus-1-front', 'yes'],
    ]) {
      assert.is(await refusal(factoryReset, console, [], answers), 'not-confirmed', answers.join());
    }
    assert.is(await refusal(factoryReset, console, ['yes', 'bus-1-front']), 'not-confirmed');
    assert.equal(ended, []);
    world.uplink = { state: () => ({ lastSeq: 4, progress: { acknowledged: 1 } }) };
    const { data, text, said } = await run(factoryReset, console, [], { answers: ['yes', 'bus-1-front'] });
    assert.match(said[0] ?? '', '3 rides not yet sent are kept');
    assert.is(data.ridesKept, 3);
    assert.match(text, /does not have yet: 3, kept/);
    await until('the end', () => ended.length === 2);
    assert.equal(ended, ['marked', 'anew']);
  });
});
