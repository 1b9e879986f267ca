/** What is known of each part: works or not, and what else a technician should know. */
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../device/kit/errors.ts';
import type { Log } from '../../device/kit/log.ts';
import { createParts } from '../../device/parts.ts';
import { suite } from '../harness.ts';

function recordLog() {
  const logged: (readonly [event: string, fields: Readonly<Record<string, unknown>>])[] = [];
  const say = (event: string, fields: Readonly<Record<string, unknown>> = {}) =>
    void logged.push([event, fields]);
  const log: Log = { info: say, warn: say, error: say, debug: say };
  const told = (event: string) => logged.filter(([said]) => said === event).map(([, fields]) => fields);
  return { log, told };
}

suite('parts', test => {
  test('a note outlasts faults, is logged once, and is taken back', () => {
    const { log, told } = recordLog();
    const parts = createParts(log);
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
    assert.is(told('part-note').length, 1);
  });

  test('the newest words of a fault are its problem; the log has each once in an outage', () => {
    const { log, told } = recordLog();
    const parts = createParts(log);
    const part = parts.add('gnss', 'gnss');
    const fails = (kind: DeviceErrorKind, words: string) => part.fault(new DeviceError(kind, 'gnss', words));
    const problem = () => parts.list()[0]?.problem;
    for (let attempt = 0; attempt < 100; attempt++) {
      fails('disconnected', 'cannot open /dev/ttyUSB0: ENOENT');
      fails('disconnected', 'cannot open /dev/ttyUSB0: EBUSY');
      fails('timeout', `nothing heard for ${attempt} ms`);
      assert.is(problem(), `nothing heard for ${attempt} ms`);
    }
    assert.equal(
      told('part-fault').map(({ problem }) => problem),
      ['cannot open /dev/ttyUSB0: ENOENT', 'cannot open /dev/ttyUSB0: EBUSY', 'nothing heard for 0 ms'],
    );
    part.ready();
    fails('timeout', 'nothing heard for 7 ms');
    assert.is(told('part-fault').length, 4, 'another outage');
  });

  test('a word of a million letters in a fault holds up nothing', () => {
    const { log, told } = recordLog();
    const part = createParts(log).add('feed', 'feed');
    part.fault(new DeviceError('protocol', 'feed', 'x'.repeat(1_000_000)));
    assert.is(told('part-fault').length, 1);
  });

  test('faults that are over are counted, and the newest remembered; starting is none', () => {
    const parts = createParts(recordLog().log);
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
