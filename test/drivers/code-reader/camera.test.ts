/** The camera over TCP and as a command, with the real decoder. */
import type { Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { createCamera } from '../../../drivers/code-reader/camera.ts';
import { createDecoder } from '../../../drivers/code-reader/decoder.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { bytesRead, recordEvents, sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createTcpDevice } from '../far-end.ts';
import { blankFrame, codeFrame, frameHeight, frameWidth, noiseFrame, y4mFrame, y4mHeader } from './frames.ts';

const frameEveryMs = 40;

/** A camera on the network that films whatever `aimAt` says. */
async function createFilmingCamera(context: TestContext) {
  let picture = y4mFrame(blankFrame());
  const device = await createTcpDevice(context, (socket: Socket) => {
    socket.write(y4mHeader({ width: frameWidth, height: frameHeight }));
    const film = setInterval(() => {
      if (socket.writableLength === 0) socket.write(picture);
    }, frameEveryMs);
    socket.on('close', () => clearInterval(film));
  });
  const aimAt = (frame: GreyFrame) => {
    picture = y4mFrame(frame);
  };
  return {
    ...device,
    aimAt,
  };
}

function startDecoder({ after }: TestContext) {
  const decoder = createDecoder({
    engine: 'zxing',
    slowMs: 60_000,
    events: { ready: () => {}, fallback: () => {}, fault: () => {} },
  });
  after(decoder.close);
  return decoder;
}

/** However late a busy machine's pictures come, they are in time. */
const usualLimits = { goneAfterMs: 60_000, frameTimeoutMs: 60_000, frozenAfterS: 0 };

async function fixture(context: TestContext, sourceOf: (port: number) => string | { command: string[] }) {
  const device = await createFilmingCamera(context);
  const reader = createCamera({
    name: 'reader',
    source: sourceOf(device.port),
    decoder: startDecoder(context),
    ...usualLimits,
  });
  return {
    reader,
    plug: device.plug,
    unplug: device.unplug,
    attached: () => device.connections() > 0,
    show: (code: Uint8Array) => device.aimAt(codeFrame(code)),
    showJunk: () => device.aimAt(noiseFrame()),
  };
}

testCodeReader('camera on tcp', context => fixture(context, port => `tcp://127.0.0.1:${port}`));

const relay = 'require("net").connect(process.argv[1], "127.0.0.1").pipe(process.stdout)';
testCodeReader('camera as a command', context =>
  fixture(context, port => ({ command: [process.execPath, '-e', relay, String(port)] })),
);

suite('camera', test => {
  const [first = new Uint8Array(), second = new Uint8Array()] = sampleCodes;
  const hexOf = (code: Uint8Array) => Buffer.from(code).toString('hex');

  async function opened(context: TestContext, limits: { frameTimeoutMs?: number; goneAfterMs?: number }) {
    const device = await createFilmingCamera(context);
    const camera = createCamera({
      name: 'reader',
      source: device.address,
      decoder: startDecoder(context),
      ...usualLimits,
      ...limits,
    });
    const heard = recordEvents();
    await device.plug();
    context.after(camera.close);
    camera.open(heard.events);
    await until('ready', () => heard.readies() === 1);
    return { ...device, ...heard };
  }

  /** A bare camera that says exactly `says` on each connection. */
  async function watching(context: TestContext, says: string | Uint8Array, frameTimeoutMs: number) {
    const device = await createTcpDevice(context, socket => socket.write(says));
    const decoder = startDecoder(context);
    const camera = createCamera({
      name: 'reader',
      source: device.address,
      decoder,
      ...usualLimits,
      frameTimeoutMs,
    });
    const heard = recordEvents();
    await device.plug();
    context.after(camera.close);
    camera.open(heard.events);
    return { ...device, ...heard };
  }

  const goneAfterMs = 5000;

  test('presents a code held in view once, and again after it was gone', async context => {
    const { aimAt, codes } = await opened(context, { goneAfterMs });
    aimAt(codeFrame(first));
    await until('the code', () => codes.length > 0);
    await new Promise(resolve => setTimeout(resolve, 700));
    assert.is(codes.length, 1);
    aimAt(blankFrame());
    await new Promise(resolve => setTimeout(resolve, goneAfterMs + 1000));
    aimAt(codeFrame(first));
    await until('the code again', () => codes.length > 1);
    assert.equal(bytesRead(codes), [hexOf(first), hexOf(first)]);
  });

  test('refuses two codes in one frame, once', async context => {
    const { aimAt, codes } = await opened(context, {});
    aimAt(codeFrame(first, second));
    await until('the refusal', () => codes.length > 0);
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.equal(codes, [{ refused: 'several-codes' }]);
  });

  test('sees nothing in black, white and noise', async context => {
    const { aimAt, codes, faults } = await opened(context, {});
    for (const frame of [blankFrame(0), blankFrame(255), noiseFrame()]) {
      aimAt(frame);
      await new Promise(resolve => setTimeout(resolve, 250));
    }
    assert.is(codes.length, 0);
    assert.is(faults.length, 0);
  });

  test('takes frames of one pixel', async context => {
    const tiny = { width: 1, height: 1, grey: Uint8Array.of(0) };
    const says = Buffer.concat([
      Buffer.from(y4mHeader(tiny)),
      ...Array.from({ length: 9 }, () => y4mFrame(tiny)),
    ]);
    const { readies, codes, faults } = await watching(context, says, 60_000);
    await until('ready', () => readies() === 1);
    assert.is(codes.length, 0);
    assert.is(faults.length, 0);
  });

  for (const [what, says] of [
    ['what is no video', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['frames too large', 'YUV4MPEG2 W99999 H99999 Cmono\n'],
  ] as const) {
    test(`reports ${what} once, and tries again`, async context => {
      const { faults, readies } = await watching(context, says, 60_000);
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(
        faults.map(fault => fault.kind),
        ['protocol'],
      );
      assert.is(readies(), 0);
    });
  }

  test('reports a camera that connects and sends no frame', async context => {
    const { faults } = await watching(context, 'YUV4MPEG2 W64 H64 Cmono\n', 200);
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.kind, 'timeout');
  });
});
