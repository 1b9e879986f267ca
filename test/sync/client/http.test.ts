/** Fetching from servers that do what they should not: every answer ends, and ends as what it is. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { HttpStatus } from '../../../sync/client/http.ts';
import { suite, type TestContext } from '../../harness.ts';
import { assertFault, impatient, kindOf, openHttp } from './http-client.ts';
import { serveHttp, serveRaw } from './servers.ts';

const head = 'HTTP/1.1 200 OK\r\n';

/** Writes this again and again until the other side is gone. */
function writeEvery(socket: Socket, ms: number, text: string): void {
  const timer = setInterval(() => socket.write(text), ms);
  socket.on('close', () => clearInterval(timer));
}

async function serveStatus(context: TestContext, status: number, headers: Record<string, string> = {}) {
  return serveHttp(context, (_request, response) => response.writeHead(status, headers).end('something'));
}

suite('feed client: http', test => {
  test('what is served, and its tag', async context => {
    const url = await serveHttp(context, (request, response) => {
      assert.is(request.headers['accept-encoding'], 'identity');
      response.setHeader('etag', '"tag"').end(`you asked for ${request.url}`);
    });
    const http = openHttp(context);
    const fetched = await http.get(`${url}/a/b`, 100);
    assert.equal(fetched, { bytes: Buffer.from('you asked for /a/b'), etag: '"tag"' });
    assert.is(http.received, 18);
    await http.get(`${url}/`, 15);
    assert.is(http.received, 33);
  });

  test('nothing has changed since the tag', async context => {
    const url = await serveHttp(context, (request, response) => {
      response.statusCode = request.headers['if-none-match'] === '"tag"' ? 304 : 200;
      response.end();
    });
    const http = openHttp(context);
    assert.is(await http.get(url, 100, '"tag"'), 'unchanged');
    assert.equal(await http.get(url, 100, '"other"'), { bytes: Buffer.alloc(0), etag: undefined });
  });

  test('for how long a cache has held it, also where nothing has changed; nonsense says nothing', async context => {
    const url = await serveHttp(context, (request, response) => {
      const age = decodeURIComponent(request.url?.slice(1) ?? '');
      if (age !== '') response.setHeader('age', age);
      response.statusCode = request.headers['if-none-match'] === undefined ? 200 : 304;
      response.end();
    });
    const http = openHttp(context);
    assert.is(http.heldMs, 0);
    for (const [age, heldMs] of Object.entries({
      660: 660_000,
      '-5': 0,
      '1e9': 0,
      '7, 8': 0,
      99999999999: 0,
    })) {
      await http.get(`${url}/3600`, 100);
      assert.is(http.heldMs, 3_600_000);
      await http.get(`${url}/${encodeURIComponent(age)}`, 100, '"tag"');
      assert.is(http.heldMs, heldMs, age);
    }
    await http.get(`${url}/3600`, 100);
    await http.get(`${url}/`, 100);
    assert.is(http.heldMs, 0);
  });

  test('statuses that are no success, redirects among them, and 304 that nobody asked for', async context => {
    const http = openHttp(context);
    for (const status of [201, 206, 301, 302, 304, 307, 308, 400, 403, 404, 416, 429, 500, 503]) {
      const elsewhere = { location: 'http://127.0.0.1:1/' };
      const url = await serveStatus(context, status, status < 400 ? elsewhere : {});
      const error = await assertFault(http.get(url, 100), kindOf(status), new RegExp(`status ${status}`));
      assert.ok(error instanceof HttpStatus && error.status === status);
    }
  });

  test('longer than announced by its header: refused, and the next request is answered', async context => {
    const url = await serveHttp(context, (request, response) => {
      if (request.url === '/long') response.setHeader('content-length', 1_000_000).write('x'.repeat(500_000));
      else response.end('short');
    });
    const http = openHttp(context);
    await assertFault(http.get(`${url}/long`, 1000), 'protocol', /longer than the 1000 bytes/);
    const fetched = await http.get(`${url}/short`, 1000);
    assert.equal(fetched, { bytes: Buffer.from('short'), etag: undefined });
  });

  test('an endless body is broken off soon after the limit', async context => {
    let sent = 0;
    const url = await serveHttp(context, (_request, response) => {
      const part = 'x'.repeat(1000);
      const more = () => {
        while (!response.destroyed && response.write(part)) sent += part.length;
      };
      response.on('drain', more);
      more();
    });
    const http = openHttp(context);
    await assertFault(http.get(url, 5000), 'protocol', /longer than the 5000 bytes/);
    assert.ok(http.received > 5000 && http.received < 1_000_000, `${http.received}`);
    assert.ok(sent < 50_000_000, `${sent}`);
  });

  test('a body just as long as announced, without a length header', async context => {
    const url = await serveHttp(context, (_request, response) => {
      response.write('x'.repeat(2500));
      response.end('x'.repeat(2500));
    });
    const fetched = await openHttp(context).get(url, 5000);
    assert.is(fetched === 'unchanged' ? 0 : fetched.bytes.length, 5000);
  });

  test('a compressed body is refused, and the next request is answered', async context => {
    const url = await serveHttp(context, (request, response) => {
      if (request.url === '/plain') response.setHeader('content-encoding', 'identity').end('plain');
      else response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(1 << 20)));
    });
    const http = openHttp(context);
    await assertFault(http.get(`${url}/packed`, 10_000), 'protocol', /content-encoding gzip/);
    assert.is.not(await http.get(`${url}/plain`, 10_000), 'unchanged');
  });

  test('a body cut in the middle, by its length or in a chunk', async context => {
    for (const rest of ['content-length: 100\r\n\r\nhalf', 'transfer-encoding: chunked\r\n\r\n20\r\nhalf']) {
      const url = await serveRaw(context, socket => socket.end(`${head}${rest}`));
      await assertFault(openHttp(context).get(url, 1000), 'disconnected');
    }
  });

  test('nobody there, nobody that answers, headers that never end', async context => {
    await assertFault(openHttp(context).get('http://127.0.0.1:1/', 100), 'disconnected');
    const silent = await serveRaw(context, () => undefined);
    await assertFault(openHttp(context, impatient).get(silent, 100), 'timeout');
    const slow = await serveRaw(context, socket => {
      socket.write(head);
      writeEvery(socket, 50, 'x');
    });
    await assertFault(openHttp(context, impatient).get(slow, 100), 'timeout');
  });

  test('more headers than anybody needs', async context => {
    const url = await serveRaw(context, socket => {
      socket.write(head);
      for (let i = 0; i < 2000; i++) socket.write(`x-${i}: ${'x'.repeat(100)}\r\n`);
    });
    await assertFault(openHttp(context).get(url, 100), 'protocol');
  });

  test('something that is no HTTP', async context => {
    for (const text of ['hello\r\n\r\n', 'HTTP/1.1 OK\r\n\r\n', `${head}content-length: -1\r\n\r\n`]) {
      const url = await serveRaw(context, socket => socket.end(text));
      await assertFault(openHttp(context).get(url, 100), 'protocol');
    }
  });

  test('a body that stops, and one that only trickles, are broken off', async context => {
    const stopping = await serveRaw(context, socket => socket.write(`${head}content-length: 9\r\n\r\nabc`));
    await assertFault(openHttp(context, impatient).get(stopping, 100), 'timeout');
    const trickling = await serveRaw(context, socket => {
      socket.write(`${head}content-length: 5000\r\n\r\n`);
      writeEvery(socket, 50, 'x');
    });
    await assertFault(openHttp(context, impatient).get(trickling, 5000), 'timeout', /bytes came/);
  });

  test('after each of them the same client fetches again', async context => {
    let asked = 0;
    const url = await serveHttp(context, (_request, response) => {
      if (asked++ % 2 === 1) response.end('good');
      else response.socket?.destroy();
    });
    const http = openHttp(context);
    for (let i = 0; i < 3; i++) {
      await assertFault(http.get(url, 100), 'disconnected');
      assert.is.not(await http.get(url, 100), 'unchanged');
    }
  });

  test('no more bytes in a second than allowed, and waiting for them is nobody’s trickle', async context => {
    const bytes = 80_000;
    const url = await serveHttp(context, (_request, response) => {
      response.write(Buffer.alloc(bytes / 2));
      setTimeout(() => response.end(Buffer.alloc(bytes / 2)), 100);
    });
    const timeoutMs = 2000;
    let nowMs = 0;
    const pacing = {
      now: () => nowMs,
      async delay(ms: number) {
        // The first wait really lasts longer than a trickle may.
        if (nowMs === 0) await sleep(2.5 * timeoutMs);
        nowMs += ms;
      },
    };
    const http = openHttp(context, { bytesPerS: 16_000, timeoutMs }, { pacing });
    const fetched = await http.get(url, bytes);
    assert.is(fetched === 'unchanged' ? 0 : fetched.bytes.length, bytes);
    assert.is(Math.round(nowMs), 5000);
  });
});
