/** Dialling names with several addresses over links that are slow, half broken or dead. */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { type Dialling, dial } from '../../../device/kit/dial.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { startDozing } from '../../drowsy-listener.ts';
import { suite, type TestContext } from '../../harness.ts';

const neverMs = 120_000;
/** Longer than Node by itself tries two addresses for. */
const slowMs = 1000;

const named =
  (...addresses: readonly string[]) =>
  async () =>
    addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }));

/** Dials a name that has these addresses. @returns the address that answered */
async function reach({ after }: TestContext, options: Omit<Dialling, 'device' | 'host'>): Promise<string> {
  const socket = await dial({ device: 'wire', host: 'name.example', ...options });
  after(() => socket.destroy());
  return String(socket.remoteAddress);
}

async function failureOf(
  context: TestContext,
  options: Omit<Dialling, 'device' | 'host'>,
): Promise<DeviceError> {
  const failure: unknown = await reach(context, options).catch(error => error);
  assert.instance(failure, DeviceError);
  return failure as DeviceError;
}

async function listening({ after }: TestContext, host: string): Promise<number> {
  const server = createServer(socket => socket.on('error', () => undefined));
  after(() => server.close());
  await new Promise<void>(resolve => server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

suite('dial', test => {
  test('two addresses, both slower than Node waits for one: reached', async context => {
    const dozing = await startDozing(context, '127.0.0.1');
    await startDozing(context, '::1', dozing.port);
    const reached = reach(context, {
      port: dozing.port,
      timeoutMs: neverMs,
      lookup: named('::1', '127.0.0.1'),
    });
    await delay(slowMs);
    dozing.wake();
    assert.is(await reached, '127.0.0.1');
  });

  test('addresses that are silent, or refuse, do not keep the others waiting', async context => {
    const port = await listening(context, '127.0.0.9');
    await startDozing(context, '127.0.0.1', port);
    const lookup = named('127.0.0.1', '127.0.0.2', '127.0.0.3', '::1', '127.0.0.9');
    assert.is(await reach(context, { port, timeoutMs: neverMs, lookup }), '127.0.0.9');
  });

  test('a failure names every address that was tried, and what became of it', async context => {
    const { port } = await startDozing(context, '127.0.0.1');
    const timeoutMs = 1000;
    const late = await failureOf(context, { port, timeoutMs, lookup: named('::1', '127.0.0.1') });
    assert.is(late.kind, 'timeout');
    assert.is(
      late.message,
      `connect ECONNREFUSED ::1:${port}, no answer from 127.0.0.1:${port} in ${timeoutMs} ms`,
    );
    const refused = await failureOf(context, { port, timeoutMs: neverMs, lookup: named('::1', '127.0.0.2') });
    assert.is(refused.kind, 'disconnected');
    assert.is(refused.message, `connect ECONNREFUSED ::1:${port}, connect ECONNREFUSED 127.0.0.2:${port}`);
  });

  test('a name that nobody knows, has no address, or is looked up for too long', async context => {
    const timeoutMs = 1000;
    const unknown = async () => {
      throw new Error('getaddrinfo ENOTFOUND name.example');
    };
    const port = 1;
    assert.match(String(await failureOf(context, { port, timeoutMs, lookup: unknown })), /ENOTFOUND/);
    assert.match(String(await failureOf(context, { port, timeoutMs, lookup: named() })), /has no address/);
    const endless = await failureOf(context, { port, timeoutMs, lookup: () => new Promise(() => undefined) });
    assert.equal([endless.kind, endless.message], ['timeout', 'name.example not looked up in 1000 ms']);
  });

  test('given up: the attempts end', async context => {
    const { port } = await startDozing(context, '127.0.0.1');
    const giveUp = new AbortController();
    const failure = failureOf(context, {
      port,
      timeoutMs: neverMs,
      signal: giveUp.signal,
      lookup: named('127.0.0.1'),
    });
    giveUp.abort();
    assert.is((await failure).message, 'given up');
  });
});
