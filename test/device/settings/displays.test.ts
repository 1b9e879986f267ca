import * as assert from 'uvu/assert';
import { display } from '../../../device/settings/displays.ts';
import { suite } from '../../harness.ts';

const nextion = { name: 'crew', driver: 'nextion', audience: 'crew', path: '/dev/ttyUSB1' };

suite('settings of displays', test => {
  test('a Nextion has the baud rate and encoding of its project and a time to answer, each with a default', () => {
    assert.equal(display.parse(nextion), {
      ...nextion,
      baudRate: 115_200,
      encoding: 'gb2312',
      answerTimeoutMs: 800,
    });
    const other = {
      ...nextion,
      path: 'tcp://10.0.0.5:4001',
      baudRate: 9600,
      encoding: 'utf-8',
      answerTimeoutMs: 2000,
    };
    assert.equal(display.parse(other), other);
  });

  test('what a Nextion cannot be is refused', () => {
    for (const bad of [
      { path: 'stdout' },
      { baudRate: 2400 },
      { encoding: 'gbk' },
      { answerTimeoutMs: 99 },
      { sounds: 1 },
    ]) {
      assert.not.ok(display.safeParse({ ...nextion, ...bad }).success, JSON.stringify(bad));
    }
  });

  test('the name it had before is refused with the one it has now', () => {
    const { error } = display.safeParse({ ...nextion, driver: 'panel' });
    assert.equal(
      error?.issues.map(({ path, message }) => [path, message]),
      [[['driver'], 'panel is called nextion now']],
    );
  });
});
