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
import { type Stand, startStand } from './stand.ts';

const { width, height } = cameraSize;
/** Out of view for this long, a code counts as presented anew. */
const goneAfterMs = 4000;
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

/** Waits so long that whatever the firmware might wrongly say of a picture is said; nothing is to come of it. */
const quiet = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

const withCamera = (limits: object) => (context: TestContext) =>
  startStand(context, {
    camera: true,
    settings: ({ codeReaders }) => ({
      codeReaders: codeReaders.map(reader => ({ ...reader, ...(reader.driver === 'camera' && limits) })),
    }),
  });

suite('bad frames', test => {
  const shared = test.shared(withCamera({ goneAfterMs, frameTimeoutMs: 60_000, frozenAfterS: 0 }));

  test('black, white, noise, no code, a torn code: nothing is presented, and the next code is read', async () => {
    const stand = await shared();
    const code = renderFrame([stand.crowd.code('green')]);
    const torn = { ...code, grey: code.grey.map((shade, i) => (i > code.grey.length / 2 ? 128 : shade)) };
    const frames = [
      even(0),
      even(255),
      { width, height, grey: randomBytes(width * height) },
      renderFrame([]),
      torn,
    ];
    for (const frame of frames) {
      stand.post.show(frame);
      await quiet(1200); // six frames, a thorough look among them
    }
    assert.equal(stand.rows(), []);
    const outcome = await stand.show(renderFrame([stand.crowd.code('green')]));
    assert.equal([outcome.verdict, outcome.reader], ['pass', 'camera']);
  });

  test('two codes, then one of them alone: the one rides once the other is gone', async () => {
    const stand = await shared();
    const [one, other] = [stand.crowd.code('green'), stand.crowd.code('green')];
    const both = await stand.present(() => stand.post.show(renderFrame([one, other], { codeHeight: 0.6 })));
    assert.is(both.reason, 'several-codes');
    const alone = await stand.show(renderFrame([one]));
    assert.is(alone.verdict, 'pass');
  });

  test('a sticker beside a ride code: the ride code rides, and the sticker is refused no more', async () => {
    const stand = await shared();
    const sticker = Buffer.from('https://example.com/line2');
    const view = { codeHeight: 0.6 };
    const refused = await stand.present(() => stand.post.show(renderFrame([sticker], view)));
    assert.equal([refused.verdict, refused.reason], ['invalid', 'unsupported']);
    const from = stand.log.length;
    const ride = await stand.present(() =>
      stand.post.show(renderFrame([sticker, stand.crowd.code('green')], view)),
    );
    assert.equal([ride.verdict, ride.reader], ['pass', 'camera']);
    stand.post.show(renderFrame([sticker], view));
    const hindered = ({ event, name, kind }: LogLine) =>
      event === 'part-fault' && name === 'camera' && kind === 'hindered';
    await until('the sticker is told as a fault', () => stand.log.slice(from).some(hindered));
    assert.match(await stand.ask('readers'), /camera +FAULT .*a code that is no ride code stands in view/);
    await stand.shows('crew', '摄像头故障 (camera)');
    await stand.shows('passenger', '请刷卡或扫码');
    const next = await stand.present(() => stand.post.show(renderFrame([stand.crowd.code('green')])));
    assert.is(next.verdict, 'pass');
    stand.post.show(renderFrame([]));
    await until('the fault is over', async () => /camera +works/.test(await stand.ask('readers')));
    const taps = stand.log.slice(from).filter(({ event }) => event === 'tap');
    assert.equal(
      taps.map(({ verdict }) => verdict),
      ['pass', 'pass'],
    );
  });

  test('a code held for longer than it takes to be gone is one ride', async () => {
    const stand = await shared();
    const before = stand.rows().length;
    await stand.present(() => stand.post.show(renderFrame([stand.crowd.code('green')])));
    await quiet(goneAfterMs + 1000);
    assert.is(stand.rows().length, before + 1);
  });
});

suite('bad video', test => {
  // The first picture of a wire has ten seconds to come, the next ones have this long.
  const shared = test.shared(withCamera({ frameTimeoutMs: 1500, frozenAfterS: 0 }));
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
      const stand = await shared();
      const { crowd } = stand;
      const from = stand.log.length;
      const bad = await replaceCamera(stand, context, words);
      const told = ({ event, name, problem: why }: LogLine) =>
        event === 'part-fault' && name === 'camera' && problem.test(String(why));
      await until('the fault is told', () => stand.log.slice(from).some(told));
      await stand.shows('crew', '摄像头故障 (camera)');
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
    const stand = await shared();
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
    assert.is((await until('the next code', shown)).verdict, 'pass');
    assert.ok(stand.log.slice(from).every(({ event }) => event !== 'exit'));
  });
});
