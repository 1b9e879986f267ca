import { getEventListeners } from 'node:events';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../device/errors.ts';
import { openWire, type WireSource } from '../../drivers/wire.ts';
import { suite } from '../harness.ts';
import { freePort } from './far-end.ts';

suite('wire', test => {
  test('attempts that fail leave nothing behind', async () => {
    const { signal } = new AbortController();
    const sources: WireSource[] = [
      { kind: 'tcp', host: '127.0.0.1', port: await freePort() },
      { kind: 'tty', path: '/dev/no-such-tty' },
      { kind: 'command', command: ['/no/such/program'] },
    ];
    for (const source of sources) {
      const failure: unknown = await openWire('device', source, { baudRate: 9600 }, signal).then(
        () => 'opened',
        error => error,
      );
      assert.instance(failure, DeviceError);
    }
    assert.is(getEventListeners(signal, 'abort').length, 0);
  });
});
