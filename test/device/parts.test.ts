/** What is known of each part: works or not, and what else a technician should know. */
import * as assert from 'uvu/assert';
import { DeviceError } from '../../device/kit/errors.ts';
import { createParts } from '../../device/parts.ts';
import { suite } from '../harness.ts';

suite('parts', test => {
  test('a note outlasts faults, is logged once, and is taken back', () => {
    const logged: unknown[] = [];
    const say = (level: string) => (event: string, fields?: object) => logged.push([level, event, fields]);
    const log = { info: say('info'), warn: say('warn'), error: say('error'), debug: say('debug') };
    const parts = createParts(log as never);
    const part = parts.add('card-reader', 'card');
    part.ready();
    part.note?.('uses A; not used: B');
    part.note?.('uses A; not used: B');
    part.fault(new DeviceError('disconnected', 'card', 'unplugged'));
    part.ready();
    assert.equal(
      parts.list().map(({ working, problem, note }) => [working, problem, note]),
      [[true, undefined, 'uses A; not used: B']],
    );
    part.note?.('');
    assert.is(parts.list()[0]?.note, '');
    assert.is(logged.filter(entry => JSON.stringify(entry).includes('part-note')).length, 1);
  });
});
