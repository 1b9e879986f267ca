import * as assert from 'uvu/assert';
import { display } from '../../../device/settings/displays.ts';
import { suite } from '../../harness.ts';

const panel = { name: 'crew', driver: 'panel', audience: 'crew', path: '/dev/ttyUSB1' };

suite('settings of displays', test => {
  test('a panel has the baud rate and encoding of its project, both with a default', () => {
    assert.equal(display.parse(panel), { ...panel, baudRate: 115_200, encoding: 'gb2312' });
    const other = { ...panel, path: 'tcp://10.0.0.5:4001', baudRate: 9600, encoding: 'utf-8' };
    assert.equal(display.parse(other), other);
  });

  test('what a panel cannot be is refused', () => {
    for (const bad of [{ path: 'stdout' }, { baudRate: 2400 }, { encoding: 'gbk' }, { sounds: 1 }]) {
      assert.not.ok(display.safeParse({ ...panel, ...bad }).success, JSON.stringify(bad));
    }
  });
});
