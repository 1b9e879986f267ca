import { createServer, type Socket } from 'node:net';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import { WebSocket } from 'undici';
import * as assert from 'uvu/assert';
import { addConsoles } from '../../../sim/panel/console-bridge.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

/** A panel with nothing but consoles. @returns a page's websocket, and what comes of it */
async function openPage({ after }: TestContext, consolePort: number) {
  const server = fastify({ forceCloseConnections: true });
  await server.register(websocket);
  addConsoles(server, { posts: { front: { consolePort }, rear: { consolePort } } });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  after(() => server.close());
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/consoles/front`);
  socket.binaryType = 'arraybuffer';
  after(() => socket.close());
  const chunks: Buffer[] = [];
  let end: { readonly code: number; readonly reason: string } | undefined;
  socket.addEventListener('message', ({ data }) => chunks.push(Buffer.from(data as ArrayBuffer)));
  socket.addEventListener('close', ({ code, reason }) => {
    end = { code, reason };
  });
  return {
    socket,
    said: () => Buffer.concat(chunks),
    ended: () => until('the page is told the end', () => end),
  };
}

/** What listens where a console does. */
async function listen({ after }: TestContext, onSession: (socket: Socket) => void): Promise<number> {
  const server = createServer(onSession);
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  after(() => server.close());
  return port;
}

suite('panel, console bridge', test => {
  test('every byte passes both ways', async context => {
    const port = await listen(context, socket => socket.pipe(socket));
    const page = await openPage(context, port);
    await until('it is open', () => page.socket.readyState === WebSocket.OPEN);
    page.socket.send(everyByte);
    await until('all of it is back', () => page.said().length === everyByte.length);
    assert.equal(page.said(), Buffer.from(everyByte));
  });

  test('why there is no console any more', async context => {
    const silent = await openPage(context, await freePort());
    assert.equal(await silent.ended(), {
      code: 4002,
      reason: 'the console front does not answer: no power?',
    });
    const busy = await openPage(context, await listen(context, socket => socket.end('busy\r\n')));
    assert.equal(await busy.ended(), { code: 4001, reason: 'all lines of the console front are in use' });
    const brief = await openPage(context, await listen(context, socket => socket.end('bus-1-front> ')));
    assert.equal(await brief.ended(), { code: 4003, reason: 'the console front has hung up' });
    assert.is(String(brief.said()), 'bus-1-front> ');
  });

  test('a page that goes takes its session with it', async context => {
    let isClosed = false;
    const port = await listen(context, socket => {
      socket.on('error', () => {});
      socket.resume().on('close', () => {
        isClosed = true;
      });
      socket.write('> ');
    });
    const page = await openPage(context, port);
    await until('the prompt', () => page.said().length > 0);
    page.socket.close();
    await until('the session has ended', () => isClosed);
  });
});
