import * as assert from 'uvu/assert';
import { createLog } from '../../../device/kit/log.ts';
import { createLogRing } from '../../../device/kit/log-ring.ts';
import { suite } from '../../harness.ts';

suite('log ring', test => {
  test('has the newest lines, oldest first, and no more than its bounds', () => {
    const ring = createLogRing({ lines: 3, lineChars: 10, chars: 24 });
    assert.equal(ring.newest(5), []);
    for (let line = 1; line <= 100; line++) {
      ring.add(`line ${line}\n`);
      assert.ok(ring.newest(100).length <= 3);
    }
    assert.equal(ring.newest(2), ['line 99', 'line 100']);
    ring.add('x'.repeat(1000));
    assert.equal(ring.newest(9), ['line 100', 'x'.repeat(10)]);
    assert.equal(
      ring.newest(9, line => line.startsWith('l')),
      ['line 100'],
    );
  });

  test('a flood of long lines leaves memory alone', () => {
    const ring = createLogRing({ lines: 1000, lineChars: 2000, chars: 10_000 });
    const long = 'y'.repeat(100_000);
    for (let line = 0; line < 10_000; line++) ring.add(long);
    assert.ok(ring.newest(1000).join('').length <= 10_000);
  });

  test('the level changes while the log goes on, and the book follows', () => {
    const log = createLog('error', 'device');
    const events = (from?: 'warn') => log.book.newest(10, from).map(line => JSON.parse(line).event);
    log.warn('one');
    assert.equal(events(), []);
    log.book.setLevel('warn');
    assert.is(log.book.level(), 'warn');
    log.warn('two');
    log.info('three');
    log.book.setLevel('info');
    log.info('four');
    assert.equal(events(), ['two', 'four']);
    assert.equal(events('warn'), ['two']);
    log.info('control', { text: 'a\u001b[2Jb' });
    assert.not.match(log.book.newest(1)[0] ?? '', '\u001b');
  });
});
