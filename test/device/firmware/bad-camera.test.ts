/** What a camera's wire can carry beside good pictures: refused, told, and the next code is read. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { cameraSize } from '../../../sim/bus/validator-post.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { y4mFrame, y4mHeader } from '../../../sim/media/y4m.ts';
import { createCameraPort, emptyView } from '../../../sim/wires/camera-port.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { nextMediumMs, type Stand, startStand } from './stand.ts';

const { width, height } = cameraSize;
const even = (shade: number) => ({ width, height, grey: new Uint8Array(width * height).fill(shade) });

/** Puts another device on the camera's wire, which says this to whoever connects. */
async function replaceCamera({ post }: Stand, context: TestContext, words: Uint8Array) {
  await post.camera.close();
  const server = await listenOnWire(post.camera.port, socket => socket.write(words));
  context.after(() => server.close());
  return server;
}

async function restoreCamera({ post }: Stand, context: TestContext) {
  const idle = emptyView(width, height);
  const camera = await createCameraPort({ port: post.camera.port, framesPerSecond: 15, idle });
  context.after(() => camera.close());
  return camera;
}

suite('bad frames', test => {
  test('black, white, noise, no code, a torn code: nothing is presented, and the next code is read', async context => {
    const stand = await startStand(context);
    const code = renderFrame([stand.crowd.code('green')]);
    const torn = { ...code, grey: code.grey.map((shade, i) => (i > code.grey.length / 2 ? 128 : shade)) };
    const frames = [
      even(0),
      even(255),
      { width, height, grey: randomBytes(width * height) },
      renderFrame([]),
      torn,
    ];
    const seen = (frame: (typeof frames)[number]) => {
      stand.post.show(frame);
      return new Promise(resolve => setTimeout(resolve, 400)); // six frames, a thorough look among them
    };
    for (const frame of frames) await seen(frame);
    assert.equal(stand.rows(), []);
    const outcome = await stand.show(renderFrame([stand.crowd.code('green')]));
    assert.equal([outcome.verdict, outcome.reader], ['pass', 'camera']);
  });

  test('two codes, then one of them alone: the one rides once the other is gone', async context => {
    const stand = await startStand(context);
    const [one, other] = [stand.crowd.code('green'), stand.crowd.code('green')];
    const both = await stand.present(() => stand.post.show(renderFrame([one, other], { codeHeight: 0.6 })));
    assert.is(both.reason, 'several-codes');
    const alone = await stand.show(renderFrame([one]));
    assert.is(alone.verdict, 'pass');
  });

  test('a code held for seconds is one ride', async context => {
    const stand = await startStand(context);
    stand.post.show(renderFrame([stand.crowd.code('green')]));
    await stand.logged('tap', 0);
    await new Promise(resolve => setTimeout(resolve, 2500));
    assert.is(stand.rows().length, 1);
  });
});

suite('bad video', test => {
  const streams: Record<string, [words: Uint8Array, problem: RegExp]> = {
    '10,000 × 10,000 announced': [y4mHeader(10_000, 10_000), /more than 1920 x 1080/],
    'a header and no data': [y4mHeader(width, height), /no frame for/],
    'garbage instead of a header': [randomBytes(1 << 20), /not a usable YUV4MPEG2 stream/],
    'a megabyte without a line end': [new Uint8Array(1 << 20).fill(0x59), /not a usable YUV4MPEG2 stream/],
    'a frame cut short, then another header': [
      Buffer.concat([y4mHeader(width, height), y4mFrame(even(1)).subarray(0, 1000), y4mHeader(1, 1)]),
      /no frame for/,
    ],
  };
  for (const [what, [words, problem]] of Object.entries(streams)) {
    test(`${what}: told, cards and scanner go on, and a good camera is taken up again`, async context => {
      const stand = await startStand(context);
      const { crowd } = stand;
      const bad = await replaceCamera(stand, context, words);
      const told = ({ event, name, problem: why }: LogLine) =>
        event === 'part-fault' && name === 'camera' && problem.test(String(why));
      await until('the fault is told', () => stand.log.some(told));
      await stand.shows('crew', '扫码器故障 (camera)');
      const readers = await stand.ask('readers');
      assert.match(readers, /camera +FAULT/);
      assert.match(readers, problem);
      assert.match(readers, /scanner +works/);
      assert.is((await stand.tap(crowd.tUnion('green'))).verdict, 'pass');
      assert.is((await stand.scan(crowd.code('green'))).verdict, 'pass');
      await bad.close();
      const camera = await restoreCamera(stand, context);
      await until('the camera works', async () => /camera +works/.test(await stand.ask('readers')));
      const frame = renderFrame([crowd.code('green')]);
      const outcome = await stand.present(() => camera.setFrame(frame));
      assert.is(outcome.verdict, 'pass');
    });
  }

  test('pictures of one pixel: taken for a camera that sees nothing', async context => {
    const stand = await startStand(context);
    const from = stand.log.length;
    const pixel = Buffer.concat([
      y4mHeader(1, 1),
      ...Array.from({ length: 5000 }, () => Buffer.from('FRAME\n\0')),
    ]);
    const bad = await replaceCamera(stand, context, pixel);
    await until('it is taken', () => bad.clients.size > 0);
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    await bad.close();
    const camera = await restoreCamera(stand, context);
    const shown = async () => {
      camera.setFrame(renderFrame([stand.crowd.code('green')]));
      return stand.log.slice(from).find(({ event, reader }) => event === 'tap' && reader === 'camera');
    };
    assert.is((await until('the next code', shown, 2 * nextMediumMs)).verdict, 'pass');
    assert.ok(stand.log.slice(from).every(({ event }) => event !== 'exit'));
  });
});
