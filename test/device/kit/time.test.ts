import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createWatchdog, unlessAborted, withinTime } from '../../../device/kit/time.ts';
import { suite, until } from '../../harness.ts';

const never = new Promise<never>(() => {});
const long = 60_000;

suite('time', test => {
  test('a promise in time gives its own result, and one that rejects its own reason', async () => {
    assert.is(await withinTime(Promise.resolve('own'), long, () => 'late'), 'own');
    const failing = withinTime(Promise.reject(new Error('own')), long, () => 'late');
    assert.is(await failing.catch((error: Error) => error.message), 'own');
  });

  test('a promise that is late gives what is given instead', async () => {
    assert.is(await withinTime(never, 1, () => 'late'), 'late');
    const refused = withinTime(never, 1, () => {
      throw new Error('late');
    });
    assert.is(await refused.catch((error: Error) => error.message), 'late');
  });

  test('a promise that rejects when it is late already troubles nobody', async () => {
    const failing = delay(20).then(() => Promise.reject(new Error('much later')));
    assert.is(await withinTime(failing, 1, () => 'late'), 'late');
    await delay(40);
  });

  test('a promise is waited for until the signal aborts', async () => {
    const stop = new AbortController();
    assert.is(await unlessAborted(Promise.resolve('own'), stop.signal), 'own');
    const waiting = unlessAborted(never, stop.signal).catch((error: Error) => error.message);
    stop.abort(new Error('stopped'));
    assert.is(await waiting, 'stopped');
    const late = unlessAborted(never, stop.signal).catch((error: Error) => error.message);
    assert.is(await late, 'stopped');
  });

  test('a watchdog fires once, and not before it is started', async () => {
    let fired = 0;
    const watchdog = createWatchdog(1, () => fired++);
    await delay(20);
    assert.is(fired, 0);
    watchdog.restart();
    await until('it fires', () => fired === 1);
    await delay(20);
    assert.is(fired, 1);
  });

  test('what has arrived by the limit, on a busy event loop, is read before the watchdog fires', async () => {
    let fired = 0;
    const watchdog = createWatchdog(20, () => fired++);
    watchdog.restart();
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise(resolve => {
      port2.onmessage = () => {
        watchdog.stop();
        resolve(undefined);
      };
    });
    port1.postMessage('something');
    const until = performance.now() + 40;
    while (performance.now() < until);
    await arrived;
    await delay(40);
    port1.close();
    assert.is(fired, 0);
  });
});
