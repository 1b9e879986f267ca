/** Downloads into a file: what has come is kept, and the next time goes on behind it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { assertFault, kindOf, openHttp } from './http-client.ts';
import { serveHttp } from './servers.ts';

const content = Buffer.from(Array.from({ length: 3000 }, (_, i) => i & 0xff));

/** Answers a range as it should. */
function serveRange(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) response.end(content);
  else {
    response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    response.end(content.subarray(from));
  }
}

/** A download of the content, whose first bytes may be here already. */
async function prepare(
  context: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  here?: Buffer,
) {
  const file = join(temporaryDirectory(context), 'file.part');
  if (here !== undefined) writeFileSync(file, here);
  const ranges: (string | undefined)[] = [];
  const url = await serveHttp(context, (request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  const http = openHttp(context);
  return { file, http, ranges, download: () => http.download(url, file, content.length) };
}

const read = (file: string) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0));

suite('feed client: download', test => {
  test('the whole of it, and only the rest of it', async context => {
    for (const here of [undefined, 0, 1, 1000, 2999]) {
      const before = here === undefined ? undefined : content.subarray(0, here);
      const { file, http, ranges, download } = await prepare(context, serveRange, before);
      await download();
      assert.equal(read(file), content);
      assert.equal(ranges, [here ? `bytes=${here}-` : undefined]);
      assert.is(http.received, content.length - (here ?? 0));
    }
  });

  test('cut in the middle: what came is kept, the next time goes on', async context => {
    let asked = 0;
    const { file, ranges, download } = await prepare(context, (request, response) => {
      if (++asked > 1) return serveRange(request, response);
      response.setHeader('content-length', content.length);
      response.write(content.subarray(0, 1200), () => setTimeout(() => response.destroy(), 100));
    });
    await assertFault(download(), 'disconnected');
    assert.equal(read(file), content.subarray(0, 1200));
    await download();
    assert.equal(read(file), content);
    assert.equal(ranges, [undefined, 'bytes=1200-']);
  });

  test('shorter than announced: what came is kept', async context => {
    const { file, download } = await prepare(
      context,
      (_request, response) => void response.end(content.subarray(0, 700)),
    );
    await assertFault(download(), 'disconnected', /700 of 3000/);
    assert.equal(read(file), content.subarray(0, 700));
  });

  test('a server that knows no ranges sends all, and all is taken', async context => {
    const { file, download } = await prepare(
      context,
      (_request, response) => void response.end(content),
      Buffer.alloc(500, 1),
    );
    await download();
    assert.equal(read(file), content);
  });

  test('another range than asked for is not taken: all is asked for', async context => {
    for (const range of ['bytes 400-2999/3000', 'bytes 0-2999/3000', 'bytes */3000', 'nonsense', undefined]) {
      const { file, ranges, download } = await prepare(
        context,
        (request, response) => {
          if (request.headers.range === undefined) return serveRange(request, response);
          if (range !== undefined) response.setHeader('content-range', range);
          response.statusCode = 206;
          response.end(content.subarray(400));
        },
        content.subarray(0, 500),
      );
      await download();
      assert.equal(read(file), content, String(range));
      assert.equal(ranges, ['bytes=500-', undefined]);
    }
  });

  test('a range that is not given, for whatever reason: all is asked for', async context => {
    for (const status of [400, 403, 416, 431, 500, 'hung up']) {
      const { file, ranges, download } = await prepare(
        context,
        (request, response) => {
          if (request.headers.range === undefined) return serveRange(request, response);
          if (typeof status === 'number') response.writeHead(status).end();
          else response.destroy();
        },
        content.subarray(0, 500),
      );
      await download();
      assert.equal(read(file), content);
      assert.equal(ranges, ['bytes=500-', undefined]);
    }
  });

  test('other statuses keep what is here', async context => {
    for (const status of [302, 404, 500, 503]) {
      const here = content.subarray(0, 500);
      const { file, download } = await prepare(
        context,
        (_request, response) => void response.writeHead(status).end('something'),
        here,
      );
      await assertFault(download(), kindOf(status), new RegExp(`status ${status}`));
      assert.equal(read(file), here);
    }
  });

  test('as much as it should have, or more, is here already: begun anew', async context => {
    for (const length of [3000, 5000]) {
      const { file, ranges, download } = await prepare(context, serveRange, Buffer.alloc(length, 9));
      await download();
      assert.equal(read(file), content);
      assert.equal(ranges, [undefined]);
    }
  });

  test('longer than announced, by header or without: refused, and the file stays within', async context => {
    for (const withLength of [true, false]) {
      for (const here of [undefined, content.subarray(0, 500)]) {
        const { file, download } = await prepare(
          context,
          (request, response) => {
            const from = request.headers.range === undefined ? 0 : 500;
            const body = Buffer.concat([content.subarray(from), Buffer.alloc(500_000)]);
            if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-502999/503000` });
            if (!withLength) response.write(body.subarray(0, 100));
            response.end(withLength ? body : body.subarray(100));
          },
          here,
        );
        await assertFault(download(), 'protocol', /longer than/);
        assert.ok(read(file).length <= content.length);
      }
    }
  });

  test('nowhere to write it: a fault of the storage, and the next request is answered', async context => {
    const { http, file } = await prepare(context, serveRange);
    const url = await serveHttp(context, serveRange);
    await assertFault(http.download(url, join(file, 'nowhere'), content.length), 'storage', /ENOENT/);
    await http.download(url, file, content.length);
    assert.equal(read(file), content);
  });
});
