/** Pages may have so many commands under way; who types in the terminal does not wait for them. */
import * as assert from 'uvu/assert';
import { createCommandRecord } from '../../../sim/panel/command-record.ts';
import { createRecording } from '../../../sim/panel/recording.ts';
import { TooMany } from '../../../sim/panel/refusals.ts';
import { suite } from '../../harness.ts';

suite('command record', test => {
  test('pages whose commands do not end lock out themselves only', async () => {
    const recording = createRecording(() => ({ name: 'a', phase: 'trial', line: '2', passengers: [] }));
    let end = () => {};
    const held = new Promise<void>(resolve => {
      end = resolve;
    });
    const record = createCommandRecord(async line => {
      if (line.startsWith('wait')) await held;
      return { event: 'done' };
    }, recording);
    const waiting = Array.from({ length: 32 }, () => record.carryOutForPage('wait 3600'));
    const refused = await record.carryOutForPage('list').catch(error => error);
    assert.instance(refused, TooMany);
    assert.is((await record.carryOut('list')).outcome.event, 'done');
    end();
    await Promise.all(waiting);
    assert.is((await record.carryOutForPage('list')).outcome.event, 'done');
  });

  test('what was done without a command is recorded as the command that does the same', async () => {
    const recording = createRecording(() => ({ name: 'a', phase: 'trial', line: '2', passengers: [] }));
    const record = createCommandRecord(async () => ({ event: 'done' }), recording);
    assert.is((await record.carryOut('record start now')).outcome.event, 'error');
    assert.not.ok(recording.isOn, 'a word too many starts nothing');
    await record.carryOut('record start');
    record.note('register wang', { event: 'registered', passenger: 'wang' });
    assert.is(record.recent().at(-1)?.yaml, '- register: wang\n');
    assert.match(recording.text() ?? '', /steps:\n +- register: wang\n$/);
  });
});
