/** The technician's line over TCP and over a real PTY. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import * as assert from 'uvu/assert';
import type { DeviceError } from '../../device/errors.ts';
import { createTerminalLine } from '../../drivers/terminal-line.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { createPtyDevice, freePort } from './far-end.ts';

/** A line whose sessions echo what is typed. */
function openEcho({ after }: TestContext, path: string) {
  const faults: DeviceError[] = [];
  let readies = 0;
  let sessions = 0;
  const line = createTerminalLine({ name: 'console', path, baudRate: 115_200 });
  after(line.close);
  line.open({
    ready: () => {
      readies++;
    },
    fault: error => faults.push(error),
    session: wire => {
      sessions++;
      wire.on('data', chunk => wire.write(chunk));
      wire.once('close', () => {
        sessions--;
      });
    },
  });
  return { line, faults, readies: () => readies, sessions: () => sessions };
}

function dial({ after }: TestContext, port: number) {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  let closed = false;
  socket.on('data', chunk => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  after(() => socket.destroy());
  return { socket, text: () => text, closed: () => closed };
}

suite('terminal line', test => {
  async function listening(context: TestContext) {
    const port = await freePort();
    const opened = openEcho(context, `tcp://127.0.0.1:${port}`);
    await until('ready', () => opened.readies() === 1);
    return { port, ...opened };
  }

  test('each connection is a session', async context => {
    const { port, sessions } = await listening(context);
    const terminals = [dial(context, port), dial(context, port)];
    for (const [i, { socket, text }] of terminals.entries()) {
      socket.write(`hello ${i}`);
      await until('the echo', () => text() === `hello ${i}`);
    }
    assert.is(sessions(), 2);
    for (const { socket } of terminals) socket.end();
    await until('the end of the sessions', () => sessions() === 0);
  });

  test('a fifth connection is told busy, and has a place once another has gone', async context => {
    const { port, sessions } = await listening(context);
    const terminals = Array.from({ length: 4 }, () => dial(context, port));
    await until('four sessions', () => sessions() === 4);
    const fifth = dial(context, port);
    await until('the refusal', () => fifth.closed());
    assert.is(fifth.text(), 'busy\r\n');
    terminals[0]?.socket.destroy();
    await until('a free place', () => sessions() === 3);
    dial(context, port);
    await until('four sessions again', () => sessions() === 4);
  });

  test('lives on when a connection is reset', async context => {
    const { port, sessions, faults } = await listening(context);
    const first = dial(context, port);
    await until('the session', () => sessions() === 1);
    first.socket.write('x'.repeat(100_000));
    first.socket.resetAndDestroy();
    await until('the end of the session', () => sessions() === 0);
    const second = dial(context, port);
    second.socket.write('still there?');
    await until('the echo', () => second.text() === 'still there?');
    assert.is(faults.length, 0);
  });

  test('waits for a port in use', async context => {
    const port = await freePort();
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const { faults, readies } = openEcho(context, `tcp://127.0.0.1:${port}`);
    await until('the fault', () => faults.length > 0);
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.is(faults.length, 1);
    assert.is(readies(), 0);
    await new Promise(resolve => squatter.close(resolve));
    await until('ready', () => readies() === 1);
  });

  test('closing ends the sessions and frees the port', async context => {
    const { line, port, sessions } = await listening(context);
    const terminal = dial(context, port);
    await until('the session', () => sessions() === 1);
    await line.close();
    await until('the end', () => terminal.closed() && sessions() === 0);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    await new Promise(resolve => server.close(resolve));
  });

  test.needing('socat', 'a tty is one session, and another one when it comes back', async context => {
    const device = createPtyDevice(context);
    await device.plug();
    const { readies, faults, sessions } = openEcho(context, device.path);
    await until('ready', () => readies() === 1);
    device.send('hello');
    await until('the echo', () => device.received() === 'hello');
    await device.unplug();
    await until('the fault', () => faults.length === 1);
    await until('the end of the session', () => sessions() === 0);
    await device.plug();
    await until('ready again', () => readies() === 2);
    device.send(' again');
    await until('the echo', () => device.received() === 'hello again');
  });
});
