/** When a device's state is told, and in which words. */
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';
import { createHealth } from '../../../drivers/wire/health.ts';
import { suite } from '../../harness.ts';

suite('health', test => {
  test('what is known is not told again; another kind and other words are', () => {
    const told: string[] = [];
    const stop = new AbortController();
    const events = { ready: () => told.push('ready'), fault: ({ message }: Error) => told.push(message) };
    const health = createHealth(events, stop.signal);
    const fails = (kind: DeviceErrorKind, words: string) =>
      health.failed(new DeviceError(kind, 'device', words));
    for (let i = 0; i < 3; i++) fails('disconnected', 'not there');
    for (let i = 0; i < 3; i++) fails('disconnected', 'busy');
    fails('timeout', 'busy');
    for (let i = 0; i < 3; i++) health.working();
    fails('timeout', 'busy');
    stop.abort();
    fails('timeout', 'silent');
    health.working();
    assert.equal(told, ['not there', 'busy', 'busy', 'ready', 'busy']);
  });
});
