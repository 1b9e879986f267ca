/** One part out of order: the others go on, displays, console and log say so, and it mends by itself. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import { createDisplayScreen } from '../../../sim/wires/display-screen.ts';
import { createScannerPort } from '../../../sim/wires/scanner-port.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

const quick = { camera: true, settings: { noticeMs: 1000 } };

async function rides(stand: Stand, ...ways: readonly ('card' | 'scanner' | 'camera')[]): Promise<void> {
  for (const way of ways) {
    const { crowd } = stand;
    if (way === 'card') assert.is((await stand.tap(crowd.tUnion('green'))).verdict, 'pass', way);
    else if (way === 'scanner') assert.is((await stand.scan(crowd.code('green'))).verdict, 'pass', way);
    else assert.is((await stand.show(renderFrame([crowd.code('green')]))).verdict, 'pass', way);
  }
}

/** By the same code in the log and on the console. */
async function isTold(stand: Stand, from: number, kind: string, name: string): Promise<void> {
  const { alarm } = await until('the log', () =>
    stand.log
      .slice(from)
      .find(line => line.event === 'part-fault' && line.part === kind && line.name === name),
  );
  assert.match(String(alarm), /^[A-Z]\d\d$/);
  const first = new RegExp(`WORKS, WITH FAULTS[\\s\\S]*1\\. ${kind} ${name}: .* \\[${alarm}\\]`);
  assert.match(await stand.ask('status'), first);
  assert.match(await stand.ask('readers'), new RegExp(`${name} +FAULT ${alarm}`));
}

async function isMended(stand: Stand): Promise<void> {
  await until('status: WORKS', async () => /bus-1-front: WORKS\r\n/.test(await stand.ask('status')));
  await stand.shows('crew', 'light off', '请刷卡或扫码');
}

/** Somebody else on a TCP port. */
async function occupy(port: number, { after }: TestContext) {
  const squatter = createServer(socket => socket.destroy()).listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  const leave = () => new Promise(resolve => squatter.close(resolve));
  after(leave);
  return leave;
}

suite('faults', test => {
  test('the scanner’s wire goes: cards and camera go on, and it comes back', async context => {
    const stand = await startStand(context, quick);
    const from = stand.log.length;
    await stand.post.scanner.close();
    await isTold(stand, from, 'code-reader', 'scanner');
    await stand.shows('crew', 'light amber', 'C19 扫码器故障 (scanner)');
    await stand.shows('passenger', '请刷卡或扫码');
    await rides(stand, 'card', 'camera');
    const scanner = await createScannerPort({ port: stand.post.scanner.port });
    context.after(() => scanner.close());
    await isMended(stand);
    const code = Buffer.from(stand.crowd.code('green')).toString('hex');
    assert.is((await stand.present(() => scanner.send(code))).verdict, 'pass');
  });

  test('both code readers go: passengers are told to tap; unplugged only, they are back by themselves', async context => {
    const stand = await startStand(context, quick);
    const { scanner, camera } = stand.post;
    await scanner.close();
    await camera.close();
    await stand.shows('passenger', '扫码暂停使用 请刷卡');
    assert.match(await stand.ask('status'), /service +cards-only/);
    await rides(stand, 'card');
  });

  test('unplugged for a moment: back within seconds', async context => {
    const stand = await startStand(context, quick);
    stand.post.scanner.unplug();
    stand.post.camera.unplug();
    stand.post.screens.passenger.unplug();
    stand.post.screens.crew.unplug();
    await isMended(stand);
    await rides(stand, 'card', 'scanner', 'camera');
    await stand.shows('passenger', '请上车');
  });

  test('the card port is somebody else’s at the start: codes go on, and cards once it is free', async context => {
    const stand = await startStand(context, quick);
    const from = stand.log.length;
    let leave: () => Promise<unknown> = () => Promise.resolve();
    await stand.cutPower(async () => {
      leave = await occupy(stand.post.cardPort, context);
    });
    await stand.ready();
    await isTold(stand, from, 'card-reader', 'card');
    await stand.shows('passenger', '刷卡暂停使用 请扫码');
    await stand.shows('crew', 'light amber', 'R19 读卡器故障 (card)');
    await rides(stand, 'scanner', 'camera');
    await leave();
    await isMended(stand);
    await rides(stand, 'card');
  });

  test('the console’s port is somebody else’s: rides go on, and the console is there once it is free', async context => {
    const stand = await startStand(context, quick);
    let leave: () => Promise<unknown> = () => Promise.resolve();
    await stand.cutPower(async () => {
      leave = await occupy(stand.post.consolePort, context);
    });
    await stand.ready();
    await stand.shows('crew', 'light amber', 'M19 维护串口故障 (console)');
    await rides(stand, 'card', 'scanner');
    await leave();
    await until(
      'the console',
      () => stand.log.at(-1)?.event === 'part-ready' && stand.log.at(-1)?.name === 'console',
    );
    await isMended(stand);
  });

  test('a display goes and comes back: rides go on, and it shows the newest screen', async context => {
    const stand = await startStand(context, quick);
    const from = stand.log.length;
    const { passenger } = stand.post.screens;
    await passenger.close();
    await isTold(stand, from, 'display', 'passenger');
    await stand.shows('crew', 'light amber', 'D19 显示屏故障 (passenger)');
    await rides(stand, 'card', 'scanner');
    const screen = await createDisplayScreen({ port: passenger.port });
    context.after(() => screen.close());
    await isMended(stand);
    await until('the new screen', () => screen.lines().some(line => line.includes('请刷卡或扫码')));
  });

  test('everything but the card reader is down from the start: cards ride', async context => {
    const stand = await startStand(context, quick);
    const { scanner, camera, screens } = stand.post;
    await stand.cutPower(async () => {
      for (const wire of [scanner, camera, screens.passenger, screens.crew]) await wire.close();
      stand.office.publish([], 'missing');
    });
    await stand.ready();
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).reason, 'no-data');
    const status = await stand.ask('status');
    for (const name of ['scanner', 'camera', 'links', 'passenger', 'crew'])
      assert.match(status, ` ${name}: `);
    // Many attempts later: no warning of a leak, nothing but the log on stderr.
    await new Promise(resolve => setTimeout(resolve, 9000));
    assert.equal(
      stand.log.filter(({ event }) => event === 'stderr'),
      [],
    );
  });
});
