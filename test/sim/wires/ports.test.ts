import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { createCameraPort, emptyView } from '../../../sim/wires/camera-port.ts';
import { connectConsole } from '../../../sim/wires/console-client.ts';
import { createDisplayScreen } from '../../../sim/wires/display-screen.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { createNetworkPort } from '../../../sim/wires/network-port.ts';
import { createScannerPort } from '../../../sim/wires/scanner-port.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const header = 'YUV4MPEG2 W4 H2 F200:1 Ip A1:1 Cmono\n';

suite('scanner port', test => {
  test('sends lines with CR LF and bytes as they are, to whoever is connected', async context => {
    const scanner = await createScannerPort({});
    context.after(() => scanner.close());
    scanner.send('to nobody');
    const { received } = await dial(context, scanner.port);
    await until('the connection', () => scanner.connected);
    scanner.send('8101');
    scanner.send(Uint8Array.of(0, 255));
    await until('both', () => received().equals(Buffer.from('8101\r\n\u0000\u00ff', 'latin1')));
  });

  test('can be unplugged, plugged in again, and closed with a client', async context => {
    const scanner = await createScannerPort({});
    const { socket } = await dial(context, scanner.port);
    await until('the connection', () => scanner.connected);
    scanner.unplug();
    await until('the loss', () => socket.destroyed && !scanner.connected);
    await dial(context, scanner.port);
    await until('the connection', () => scanner.connected);
    await scanner.close();
    assert.not.ok(scanner.connected);
  });

  test('pulled, it is not reached until it is plugged in again', async context => {
    const scanner = await createScannerPort({ port: await freePort() });
    context.after(() => scanner.close());
    const { socket } = await dial(context, scanner.port);
    await scanner.plug(false);
    await scanner.plug(false);
    await until('the loss', () => socket.destroyed && !scanner.connected);
    const refused = await dial(context, scanner.port).catch((thrown: unknown) => thrown);
    assert.is((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED');
    await scanner.plug(true);
    await scanner.plug(true);
    await dial(context, scanner.port);
    await until('the connection', () => scanner.connected);
    await scanner.plug(false);
  });

  test('keeps the port it is given, and says when it is taken', async context => {
    const scanner = await createScannerPort({});
    context.after(() => scanner.close());
    const error = await createScannerPort({ port: scanner.port }).catch((thrown: unknown) => thrown);
    assert.is((error as NodeJS.ErrnoException).code, 'EADDRINUSE');
  });
});

suite('network port', test => {
  test('passes on both ways while it is plugged in', async context => {
    const server = createServer(socket => socket.on('data', bytes => socket.write(`heard ${bytes}`)));
    server.listen(0, '127.0.0.1');
    context.after(() => server.close());
    await once(server, 'listening');
    const to = (server.address() as { port: number }).port;
    const network = await createNetworkPort({ port: await freePort(), to });
    context.after(() => network.close());
    const { socket, received } = await dial(context, network.port);
    socket.write('hello');
    await until('the answer', () => received().toString() === 'heard hello');
    await network.plug(false);
    await until('the loss', () => socket.destroyed);
    assert.is(network.isIn, false);
    const refused = await dial(context, network.port).catch((thrown: unknown) => thrown);
    assert.is((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED');
    await network.plug(true);
    const again = await dial(context, network.port);
    again.socket.write('again');
    await until('the answer', () => again.received().toString() === 'heard again');
    network.unplug();
    await until('the loss', () => again.socket.destroyed);
  });

  test('breaks off where nobody listens behind it', async context => {
    const network = await createNetworkPort({ port: await freePort(), to: await freePort() });
    context.after(() => network.close());
    const { socket } = await dial(context, network.port);
    await until('the loss', () => socket.destroyed);
  });
});

suite('camera port', test => {
  test('streams the idle frame, what it is shown, and the idle frame again', async context => {
    const camera = await createCameraPort({ framesPerSecond: 200, idle: emptyView(4, 2), noise: false });
    context.after(() => camera.close());
    const { received } = await dial(context, camera.port);
    const idle = `FRAME\n${'\u0080'.repeat(8)}`;
    const shown = 'FRAME\nabcdefgh';
    const text = () => received().toString('latin1');
    await until('the idle frame', () => text().startsWith(header + idle + idle));
    camera.setFrame({ width: 4, height: 2, grey: Buffer.from('abcdefgh') });
    await until('the shown frame', () => text().endsWith(shown + shown));
    camera.setFrame(undefined);
    await until('the idle frame', () => text().endsWith(idle));
  });

  test('gives every client the header and whole frames', async context => {
    const camera = await createCameraPort({ framesPerSecond: 200, idle: emptyView(4, 2), noise: false });
    context.after(() => camera.close());
    const first = await dial(context, camera.port);
    await until('a frame', () => first.received().length > header.length);
    const second = await dial(context, camera.port);
    await until('a frame', () => second.received().length > header.length);
    assert.ok(second.received().toString('latin1').startsWith(`${header}FRAME\n`));
  });

  test('skips frames for a client that does not read', async context => {
    const camera = await createCameraPort({
      framesPerSecond: 200,
      idle: emptyView(1920, 1080),
      noise: false,
    });
    context.after(() => camera.close());
    const { socket, received } = await dial(context, camera.port);
    socket.pause();
    await new Promise(resolve => setTimeout(resolve, 1000));
    const paused = received().length;
    camera.setFrame({ ...emptyView(1920, 1080), grey: new Uint8Array(1920 * 1080).fill(7) });
    socket.resume();
    await until('the newest frame', () => received().at(-1) === 7);
    const stale = received().subarray(paused).indexOf(7);
    assert.ok(stale < 40 * 1920 * 1080, `${stale} bytes of stale frames were queued`);
  });

  test('refuses a frame of another size', async context => {
    const camera = await createCameraPort({ framesPerSecond: 25, idle: emptyView(4, 2), noise: false });
    context.after(() => camera.close());
    assert.throws(() => camera.setFrame(emptyView(2, 4)), RangeError);
    assert.throws(() => camera.setFrame({ width: 4, height: 2, grey: new Uint8Array(7) }), RangeError);
  });
});

suite('display screen', test => {
  test('tells of each whole frame once, and not of half of one', async context => {
    const screen = await createDisplayScreen({});
    context.after(() => screen.close());
    const seen: string[] = [];
    const stop = screen.onChange(() => seen.push(`${screen.light()} ${screen.lines()[2]}`));
    const { socket } = await dial(context, screen.port);
    socket.write('\u001b[?2026h\u001b[2J\u001b[H\u001b[42m    \u001b[0m\r\n\r\n请上');
    socket.write('车\u0007');
    await until('the beep', () => screen.beeps === 1);
    assert.equal(seen, []);
    socket.write('\u001b[?2026l');
    await until('the frame', () => seen.length > 0);
    stop();
    socket.write('\u001b[?2026l\u0007');
    await until('the next beep', () => screen.beeps === 2);
    assert.equal(seen, ['green 请上车']);
  });

  test('starts blank for a new connection, which takes the place of the old', async context => {
    const screen = await createDisplayScreen({});
    context.after(() => screen.close());
    const old = await dial(context, screen.port);
    old.socket.write('\r\n\r\nold\u001b[4');
    await until('the old text', () => screen.lines()[2] === 'old');
    const next = await dial(context, screen.port);
    next.socket.write('\r\n\r\nnew');
    await until('the new text alone', () => screen.lines()[2] === 'new');
    await until('the old wire to be cut', () => old.socket.destroyed);
    assert.ok(screen.connected);
    assert.is(screen.light(), 'off');
  });
});

suite('console client', test => {
  test('types, keeps the output, and hangs up', async context => {
    const server = createServer(socket => socket.on('data', keys => socket.write(`你打了 ${keys}`)));
    server.listen(0, '127.0.0.1');
    context.after(() => server.close());
    await once(server, 'listening');
    const client = await connectConsole({
      host: '127.0.0.1',
      port: (server.address() as { port: number }).port,
    });
    client.type('status\r');
    await until('the echo', () => client.output === '你打了 status\r');
    await client.close();
    await client.closed;
  });
});

async function dial({ after }: TestContext, port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  after(() => socket.destroy());
  socket.on('error', () => {});
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  await once(socket, 'connect');
  return { socket, received: () => Buffer.concat(chunks) };
}
