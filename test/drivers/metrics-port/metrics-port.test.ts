/** The port of the metrics: HTTP for a monitoring system, and for whoever else finds it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { DeviceError } from '../../../device/kit/errors.ts';
import { createMetricsPort } from '../../../drivers/metrics-port/metrics-port.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

function open({ after }: TestContext, at: ListenAt, body = 'up 1\n', lifeMs = 120_000) {
  const seen = { ready: 0, faults: [] as DeviceError[], asked: 0, floods: 0 };
  const port = createMetricsPort('metrics', at, { lifeMs });
  port.open({
    ready: () => void seen.ready++,
    fault: error => void seen.faults.push(error),
    flooded: () => void seen.floods++,
    async metrics() {
      seen.asked++;
      return { text: body, contentType: 'text/plain; version=0.0.4; charset=utf-8' };
    },
  });
  after(port.close);
  return { seen, port };
}

const addressOf = (at: ListenAt) => ('path' in at ? { socketPath: at.path } : at);

async function get(at: ListenAt, path = '/metrics', method = 'GET') {
  const asked = request({ ...addressOf(at), path, method, agent: false }).end();
  const [response] = await once(asked, 'response');
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    text: await textOf(response),
  };
}

function dial(at: ListenAt, { after }: TestContext): Socket {
  const socket = 'path' in at ? connect(at.path) : connect(at.port, at.host);
  socket.on('error', () => undefined);
  after(() => socket.destroy());
  return socket;
}

const closed = (socket: Socket) => new Promise<void>(resolve => socket.once('close', () => resolve()));

suite('metrics port', test => {
  for (const where of ['TCP port', 'Unix socket']) {
    test(`GET /metrics on a ${where}; everything else is refused`, async context => {
      const path = join(temporaryDirectory(context), 'metrics.sock');
      const at = where === 'Unix socket' ? { path } : { host: '127.0.0.1', port: await freePort() };
      const { seen, port } = open(context, at);
      await until('ready', () => seen.ready === 1);
      assert.equal(await get(at), {
        status: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        text: 'up 1\n',
      });
      assert.is((await get(at, '/metrics?x=1', 'HEAD')).status, 200);
      assert.is((await get(at, '/')).status, 404);
      assert.is((await get(at, '/metrics/../../etc/passwd')).status, 404);
      assert.is((await get(at, '/metrics', 'POST')).status, 405);
      if ('path' in at) assert.is(statSync(path).mode & 0o777, 0o660);
      await port.close();
      assert.not(existsSync(path));
    });
  }

  test('a socket that a power cut left behind is taken over, one in use and a file are not', async context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'metrics.sock');
    const at = { path };
    const { seen } = open(context, at);
    await until('ready', () => seen.ready === 1);
    const second = open(context, at);
    const fault = await until('the fault', () => second.seen.faults[0]);
    assert.match(fault.message, /^cannot listen: .*EADDRINUSE/);
    assert.is((await get(at)).status, 200);
    await second.port.close();

    const left = join(directory, 'left.sock');
    const leave = `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave]);
    assert.ok(existsSync(left));
    const third = open(context, { path: left });
    await until('ready', () => third.seen.ready === 1);
    assert.is((await get({ path: left })).status, 200);
  });

  test('a fifth connection, a long header, nonsense: closed; a scrape goes on beside them', async context => {
    const at = { host: '127.0.0.1', port: await freePort() };
    const { seen } = open(context, at);
    await until('ready', () => seen.ready === 1);
    const silent = [dial(at, context), dial(at, context), dial(at, context)];
    await Promise.all(silent.map(socket => once(socket, 'connect')));

    const longLine = dial(at, context);
    longLine.write(`GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\n`);
    await closed(longLine);
    const nonsense = dial(at, context);
    nonsense.write(Buffer.alloc(4096, 0xff));
    await closed(nonsense);
    assert.is((await get(at)).status, 200);

    const fourth = dial(at, context);
    await once(fourth, 'connect');
    const fifth = dial(at, context);
    await closed(fifth);
    silent[0]?.destroy();
    await until('a place', () =>
      get(at).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    assert.is(seen.faults.length, 0);
  });

  test('who sends nothing is cut off when its time is over', async context => {
    const at = { host: '127.0.0.1', port: await freePort() };
    const { seen } = open(context, at, 'up 1\n', 20);
    await until('ready', () => seen.ready === 1);
    await closed(dial(at, context));
  });

  test('so is who reads nothing', async context => {
    const at = { host: '127.0.0.1', port: await freePort() };
    const lifeMs = 3000;
    const { seen } = open(context, at, 'x'.repeat(32 << 20), lifeMs);
    await until('ready', () => seen.ready === 1);
    const slow = dial(at, context);
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    await until('being asked', () => seen.asked === 1);
    // The port's own timer was set before this one, in the same process, and ends before it.
    await delay(lifeMs);
    slow.resume();
    await closed(slow);
    assert.ok(slow.bytesRead < 32 << 20);
  });

  test('a flood of connections is told once, and the port is there again after it', async context => {
    const at = { host: '127.0.0.1', port: await freePort() };
    const { seen } = open(context, at);
    await until('ready', () => seen.ready === 1);
    await Promise.all(Array.from({ length: 100 }, () => closed(dial(at, context).end())));
    await until('the flood', () => seen.floods >= 1);
    await until('the port', () =>
      get(at).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });
});
