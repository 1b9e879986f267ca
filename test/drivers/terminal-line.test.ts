/** The technician's line over TCP and over a real PTY. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { createTerminalLine } from '../../drivers/terminal-line.ts';
import { freePort } from '../../sim/wires/free-port.ts';
import { openEcho, testTerminal } from '../contract/terminal.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { createPtyDevice, type PtyDevice } from './far-end.ts';

function dial({ after }: TestContext, port: number, encoding: BufferEncoding = 'utf8') {
  const socket = connect(port, '127.0.0.1').setEncoding(encoding);
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

const lineAt = (path: string) => createTerminalLine({ name: 'console', path, baudRate: 115_200 });

testTerminal('tcp', async context => {
  const port = await freePort();
  let terminal: ReturnType<typeof dial> | undefined;
  return {
    terminal: lineAt(`tcp://127.0.0.1:${port}`),
    plug: async () => {},
    unplug: async () => void terminal?.socket.destroy(),
    async dial() {
      terminal = dial(context, port, 'latin1');
    },
    type: keys => terminal?.socket.write(keys),
    printed: () => terminal?.text() ?? '',
  };
});

/** Less than a PTY holds. */
const pieceBytes = 2048;

/**
 * Types no further ahead of the echo than a PTY holds: socat carries both ways in one thread, so when the tty takes no more it
 * reads none either, and both would wait for each other. A real line does not.
 */
async function typeSlowly(device: PtyDevice, keys: Buffer): Promise<void> {
  const before = device.received().length;
  for (let sent = 0; sent < keys.length; sent += pieceBytes) {
    await until('the echo', () => device.received().length >= before + sent);
    device.send(keys.subarray(sent, sent + pieceBytes));
  }
}

testTerminal(
  'tty',
  async context => {
    const device = createPtyDevice(context);
    return {
      terminal: lineAt(device.path),
      plug: device.plug,
      unplug: device.unplug,
      dial: async () => {},
      type: keys => void typeSlowly(device, Buffer.from(keys)),
      printed: device.received,
    };
  },
  'socat',
);

suite('terminal line', test => {
  async function listening(context: TestContext) {
    const port = await freePort();
    const line = lineAt(`tcp://127.0.0.1:${port}`);
    const opened = openEcho(context, line);
    await until('ready', () => opened.readies() === 1);
    return { port, line, ...opened };
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
    const { faults, readies } = openEcho(context, lineAt(`tcp://127.0.0.1:${port}`));
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

  test('a flood of connections is refused for a while; who is connected stays, and then others come in', async context => {
    const { port, sessions } = await listening(context);
    const first = dial(context, port);
    await until('the first session', () => sessions() === 1);
    const others = Array.from({ length: 600 }, () => dial(context, port));
    await until('the end of the flood', () => others.filter(({ closed }) => !closed()).length === 3);
    for (const { socket } of others) socket.destroy();
    await until('the end of the others', () => sessions() === 1);
    const dialling = setInterval(() => dial(context, port), 300);
    context.after(() => clearInterval(dialling));
    await until('another session', () => sessions() > 1);
    assert.not.ok(first.closed());
  });
});
