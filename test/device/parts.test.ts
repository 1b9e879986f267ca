/** What is known of each part: works or not, and what else a technician should know. */
import * as assert from 'uvu/assert';
import { DeviceError } from '../../device/kit/errors.ts';
import { createParts } from '../../device/parts.ts';
import { suite } from '../harness.ts';

function partsOf(logged: unknown[]) {
  const say = (level: string) => (event: string, fields?: object) => logged.push([level, event, fields]);
  return createParts({
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    debug: say('debug'),
  } as never);
}

suite('parts', test => {
  test('a note outlasts faults, is logged once, and is taken back', () => {
    const logged: unknown[] = [];
    const parts = partsOf(logged);
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

  test('faults that are over are counted, and the newest remembered; starting is none', () => {
    const parts = partsOf([]);
    const failures = () => parts.list()[0]?.failures;
    const part = parts.add('code-reader', 'camera');
    part.ready();
    part.note?.('a note changes nothing');
    assert.equal(failures(), { before: 0, last: [] });
    for (const why of ['one', 'two', 'three', 'four']) {
      part.fault(new DeviceError('timeout', 'camera', `before ${why}`));
      part.fault(new DeviceError('timeout', 'camera', why));
      part.note?.(why);
      part.ready();
      part.ready();
    }
    part.fault(new DeviceError('timeout', 'camera', 'five is not over'));
    assert.is(failures()?.before, 4);
    assert.equal(
      failures()?.last.map(({ problem, from, until }) => [problem, from <= until]),
      [
        ['four', true],
        ['three', true],
        ['two', true],
      ],
    );
  });
});
