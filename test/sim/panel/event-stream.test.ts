import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import * as assert from 'uvu/assert';
import { addEventStream } from '../../../sim/panel/event-stream.ts';
import type { ChangeListener } from '../../../sim/panel/live-changes.ts';
import { suite, until } from '../../harness.ts';

const fewMiB = 'x'.repeat(3 << 20);

suite('panel, event stream', test => {
  test('who does not read is cut off, others are not', async ({ after }) => {
    const listeners = new Set<ChangeListener>();
    const live = {
      subscribe(listener: ChangeListener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const server = fastify({ forceCloseConnections: true });
    addEventStream(server, { state: () => ({}) }, live);
    const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    after(() => server.close());
    const open = async () => {
      const socket = connect(Number(port), '127.0.0.1');
      after(() => socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    };
    const idle = await open();
    idle.pause();
    let read = 0;
    const reader = await open();
    reader.on('data', bytes => {
      read += bytes.length;
    });
    await until('both are there', () => listeners.size === 2);
    let told = 0;
    await until('the one that does not read is gone', async () => {
      for (const listener of listeners) listener(fewMiB);
      told += fewMiB.length;
      await until('the other has read it', () => read >= told);
      return listeners.size === 1;
    });
    assert.not(reader.destroyed);
    assert.ok(told <= 10 * fewMiB.length, `${told} bytes were kept for it`);
  });
});
