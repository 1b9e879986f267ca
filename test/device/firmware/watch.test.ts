/**
 * The watch: what breaks is in the log, on the console and on the crew's display soon, however many passengers
 * keep tapping, and gone from all three soon after it was mended.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { PartKind } from '../../../device/core/service-screen.ts';
import { cameraSize } from '../../../sim/bus/validator-post.ts';
import type { FirmwareSettings } from '../../../sim/bus/validator-settings.ts';
import { y4mFrame, y4mHeader } from '../../../sim/media/y4m.ts';
import { createCameraPort, emptyView } from '../../../sim/wires/camera-port.ts';
import { createDisplayScreen } from '../../../sim/wires/display-screen.ts';
import { createScannerPort } from '../../../sim/wires/scanner-port.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

interface Watched {
  readonly kind: PartKind;
  readonly name: string;
  /** On the crew's screen. */
  readonly text: string;
}

/** Measures from `act` until log, console and screen tell what is to be told. */
async function isTold(
  stand: Stand,
  { kind, name, text }: Watched,
  what: 'fault' | 'ready',
  act: () => unknown,
): Promise<void> {
  const faulty = what === 'fault';
  const from = stand.log.length;
  await act();
  const since = performance.now();
  const tookMs = async (where: string, told: () => boolean | Promise<boolean>) => {
    await until(`${kind} ${name}: ${what} on ${where}`, told);
    return `${where} ${Math.round(performance.now() - since)}`;
  };
  const took = await Promise.all([
    tookMs('log', () =>
      stand.log
        .slice(from)
        .some(line => line.event === `part-${what}` && line.part === kind && line.name === name),
    ),
    // While the console itself is out of order nobody can ask it.
    kind === 'console' && faulty
      ? 'console –'
      : tookMs('console', () => statusTells(stand, kind, name, faulty)),
    tookMs('display', () => stand.post.screens.crew.lines().some(line => line.includes(text)) === faulty),
  ]);
  process.stdout.write(`\n  ${kind} ${name} ${what}, ms: ${took.join(', ')}`);
}

async function statusTells(stand: Stand, kind: string, name: string, faulty: boolean): Promise<boolean> {
  const status = await stand.ask('status').catch(() => undefined);
  // A part that works may have a note.
  return status !== undefined && status.includes(`. ${kind} ${name}: `) === faulty;
}

/** Passengers who tap faster than a notice stays, so that one is always up. */
function keepTapping(stand: Stand, { after }: TestContext): void {
  const stop = new AbortController();
  const tapping = (async () => {
    while (!stop.signal.aborted) {
      const card = await stand.post.insert(stand.crowd.tUnion('green'), []).catch(() => undefined);
      await sleep(300);
      await card?.remove();
    }
  })();
  after(() => {
    stop.abort();
    return tapping;
  });
}

suite('watch', test => {
  async function watched(
    context: TestContext,
    camera = false,
    change: (usual: FirmwareSettings) => Readonly<Record<string, unknown>> = () => ({}),
  ) {
    const settings = (usual: FirmwareSettings) => ({ noticeMs: 5000, ...change(usual) });
    const stand = await startStand(context, { camera, settings });
    keepTapping(stand, context);
    await stand.shows('crew', '请上车');
    return stand;
  }

  test('the scanner, the links and the passenger’s display, one after the other', async context => {
    const stand = await watched(context);
    const scanner = { kind: 'code-reader', name: 'scanner', text: '扫码器故障 (scanner)' } as const;
    const { port } = stand.post.scanner;
    await isTold(stand, scanner, 'fault', () => stand.post.scanner.close());
    await stand.shows('crew', '请上车');
    await isTold(stand, scanner, 'ready', async () => {
      const mended = await createScannerPort({ port });
      context.after(() => mended.close());
    });

    const links = { kind: 'links', name: 'links', text: '健康码数据不可用' } as const;
    await isTold(stand, links, 'fault', () => stand.office.publish([], 'missing'));
    await isTold(stand, links, 'ready', () => stand.office.publish(stand.crowd.links, 'fresh'));

    const display = { kind: 'display', name: 'passenger', text: '显示屏故障 (passenger)' } as const;
    const { passenger } = stand.post.screens;
    await isTold(stand, display, 'fault', () => passenger.close());
    await isTold(stand, display, 'ready', async () => {
      const mended = await createDisplayScreen({ port: passenger.port });
      context.after(() => mended.close());
    });
  });

  test('the camera, and passengers are told while a notice is up', async context => {
    const stand = await watched(context, true);
    const camera = { kind: 'code-reader', name: 'camera', text: '摄像头故障 (camera)' } as const;
    await stand.post.scanner.close();
    await isTold(stand, camera, 'fault', () => stand.post.camera.close());
    await stand.shows('passenger', '请上车', '扫码暂停使用');
    await isTold(stand, camera, 'ready', () => mendCamera(stand, context));
    await until('codes are in service', () =>
      stand.post.screens.passenger.lines().every(line => !line.includes('暂停使用')),
    );
  });

  test('the decoder: a picture that it takes seconds for', async context => {
    // As long as the camera waits for a picture, the decoder may take over one.
    const impatient = ({ codeReaders }: FirmwareSettings) => ({
      decoder: 'jsqr',
      codeReaders: codeReaders.map(reader =>
        reader.driver === 'camera' ? { ...reader, frameTimeoutMs: 1500 } : reader,
      ),
    });
    const stand = await watched(context, true, impatient);
    const decoder = { kind: 'decoder', name: 'jsqr', text: '二维码识别故障' } as const;
    const noise = y4mFrame({ grey: randomBytes(1920 * 1080) });
    await stand.post.camera.close();
    const hard = await listenOnWire(stand.post.camera.port, socket => {
      socket.write(y4mHeader(1920, 1080));
      socket.write(noise);
    });
    context.after(() => hard.close());
    const busy = () => until('the picture is under way', () => hard.clients.size > 0);
    await isTold(stand, decoder, 'fault', busy);
    await hard.close();
    // Nobody can see from outside when the worker is done with the picture.
    const from = stand.log.length;
    await until('the answer', () => stand.log.slice(from).some(line => line.part === 'decoder'));
    await stand.shows('crew', '请上车');
    await until('status', async () => !(await stand.ask('status')).includes('decoder jsqr'));
    const onScreen = () => stand.post.screens.crew.lines().some(line => line.includes(decoder.text));
    await until('the screen', () => !onScreen());
  });

  test('the journal, removed and put back', async context => {
    const stand = await startStand(context, { settings: { noticeMs: 5000 } });
    const journal = { kind: 'journal', name: 'journal', text: '乘车记录故障' } as const;
    const file = join(stand.directory, 'journal.sqlite');
    await isTold(stand, journal, 'fault', () => renameSync(file, `${file}.away`));
    await stand.shows('passenger', 'light red', '暂停服务');
    await isTold(stand, journal, 'ready', () => renameSync(`${file}.away`, file));
    await stand.shows('passenger', 'light off', '请刷卡或扫码');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });

  test('the card reader’s and the console’s port, somebody else’s at the start', async context => {
    const stand = await startStand(context);
    const { cardPort, consolePort } = stand.post;
    for (const [kind, name, text, port] of [
      ['card-reader', 'card', '读卡器故障 (card)', cardPort],
      ['console', 'console', '维护串口故障 (console)', consolePort],
    ] as const) {
      const squatter = createServer(socket => socket.destroy());
      const leave = () => new Promise(resolve => squatter.close(resolve));
      context.after(leave);
      await stand.cutPower(async () => {
        squatter.listen(port, '127.0.0.1');
        await once(squatter, 'listening');
      });
      await isTold(stand, { kind, name, text }, 'fault', stand.ready);
      await isTold(stand, { kind, name, text }, 'ready', leave);
    }
  });
});

async function mendCamera(stand: Stand, context: TestContext): Promise<void> {
  const idle = emptyView(cameraSize.width, cameraSize.height);
  const mended = await createCameraPort({ port: stand.post.camera.port, framesPerSecond: 15, idle });
  context.after(() => mended.close());
}
