/** The ffmpeg sources with the real ffmpeg: a video of ride codes, its death in every way, and what is missing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type FfmpegSource, ffmpegCommand } from '../../../drivers/code-reader/ffmpeg.ts';
import { bytesRead } from '../../contract/code-reader.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { ffmpegsOf, patient, slowMs, watch } from './ffmpeg-stand.ts';
import { blankFrame, y4mFrame, y4mHeader } from './frames.ts';
import { makeVideo } from './video-sources.ts';

/** TEST_CAMERA: /dev/videoN, rtsp://…, or a video file in a loop. */
function sourceNamed(text: string): FfmpegSource {
  if (text.startsWith('/dev/')) return { v4l2: text };
  return text.startsWith('rtsp') ? { rtsp: text, transport: 'tcp' } : { file: text, loop: true };
}

suite('camera through ffmpeg', test => {
  const hardware = process.env.TEST_CAMERA;
  if (hardware !== undefined) {
    test('TEST_CAMERA: is ready, its picture lives, it closes and opens again', async context => {
      for (const frozenAfterS of [4, 4]) {
        const { camera, open, faults, readies } = watch(context, sourceNamed(hardware), {
          ...patient,
          frozenAfterS,
        });
        open();
        await until('the first picture', () => readies() === 1, slowMs);
        const atStart = faults.length;
        await new Promise(resolve => setTimeout(resolve, 2 * frozenAfterS * 1000));
        assert.equal(faults.slice(atStart), []);
        await camera.close();
      }
    });

    test('TEST_CAMERA: a code that is held before it is presented once', async context => {
      const { codes, open } = watch(context, sourceNamed(hardware));
      open();
      process.stdout.write('\n>>> hold one QR code before the camera, and keep it there\n');
      await until('a code', () => codes.length > 0, 50_000);
      const [first] = bytesRead(codes);
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.equal(bytesRead(codes), [first]);
    });
  }

  test.needing(
    'ffmpeg',
    'every code that moves through a video is presented once, in order',
    async context => {
      const { path, codes: shown } = await makeVideo('y4m');
      const { codes, open, faults, readies } = watch(context, { file: path, loop: false });
      open();
      await until('the end of the video', () => faults.length > 0, slowMs);
      assert.equal(bytesRead(codes).slice(0, shown.length), shown);
      assert.is(codes.length, shown.length);
      assert.match(String(faults[0]?.message), /^ffmpeg ended \(0\)/);
      await until('it is played again', () => readies() > 1, slowMs);
    },
  );

  test.needing('ffmpeg', 'ffmpeg killed, and stopped: told, and back', async context => {
    const { path } = await makeVideo('y4m');
    // Of a playing ffmpeg only one that is stopped is silent for so long.
    const limits = { ...patient, frameTimeoutMs: 5000 };
    const { open, faults, readies } = watch(context, { file: path, loop: true }, limits);
    open();
    await until('ready', () => readies() === 1, slowMs);
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const [pid = 0] = ffmpegsOf(path);
      const [before, back] = [faults.length, readies()];
      process.kill(pid, signal);
      await until('the fault', () => faults.length > before);
      await until('ready', () => readies() > back, slowMs);
      assert.not.ok(existsSync(`/proc/${pid}`), 'the stopped one is still there');
    }
    assert.equal(
      faults.map(({ kind }) => kind),
      ['disconnected', 'timeout'],
    );
  });

  test.needing('ffmpeg', 'a file that is no video: told once, however often it is tried', async context => {
    const path = join(temporaryDirectory(context), 'no-video');
    writeFileSync(path, 'nothing to be seen');
    const { open, faults, readies } = watch(context, { file: path, loop: true });
    open();
    await until('the fault', () => faults.length > 0, slowMs);
    await new Promise(resolve => setTimeout(resolve, 1500));
    assert.is(faults.length, 1);
    assert.is(readies(), 0);
    assert.match(String(faults[0]?.message), /^ffmpeg ended \(1\).*Invalid data/);
  });

  test.needing(
    'ffmpeg',
    'a silent source, and its firmware killed outright: no ffmpeg stays',
    async context => {
      const silent = join(temporaryDirectory(context), 'silent.y4m');
      const child = spawn('mkfifo', [silent]);
      await once(child, 'exit');
      const cameraFile = fileURLToPath(new URL('../../../drivers/code-reader/camera.js', import.meta.url));
      const script = `import { createCamera } from ${JSON.stringify(cameraFile)};
      const source = { file: ${JSON.stringify(silent)}, loop: false };
      const decoder = { decode: async () => [], close: async () => {} };
      createCamera({ name: 'c', source, decoder, goneAfterMs: 500, frameTimeoutMs: 60000, frozenAfterS: 10 })
        .open({ ready() {}, fault() {}, presented() {} });`;
      const firmware = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      context.after(() => firmware.kill('SIGKILL'));
      const [pid] = await until('ffmpeg', () => ffmpegsOf(silent).length === 1 && ffmpegsOf(silent), slowMs);
      firmware.kill('SIGKILL');
      await until('the end of ffmpeg', () => !existsSync(`/proc/${pid}`));
    },
  );

  test.needing('ffmpeg', 'closed while ffmpeg waits for a silent source: nothing stays', async context => {
    const silent = join(temporaryDirectory(context), 'silent.y4m');
    await once(spawn('mkfifo', [silent]), 'exit');
    const limits = { ...patient, frameTimeoutMs: 1000 };
    const { open, camera, faults } = watch(context, { file: silent, loop: false }, limits);
    open();
    await until('no frame yet', () => faults.length > 0, slowMs);
    assert.is(ffmpegsOf(silent).length, 1);
    await camera.close();
    await until('the end of ffmpeg', () => ffmpegsOf(silent).length === 0);
  });

  test.needing('ffmpeg', 'large pictures are made smaller, in the shape they have', async context => {
    const path = join(temporaryDirectory(context), 'large.y4m');
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from(y4mHeader({ width: 1280, height: 720 })),
        y4mFrame(blankFrame(9, 1280, 720)),
      ]),
    );
    const [program = '', ...words] = ffmpegCommand('reader', { file: path, loop: false });
    const [first] = await once(
      spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
      'data',
    );
    assert.match(Buffer.from(first).toString('latin1').split('\n')[0] ?? '', /^YUV4MPEG2 W800 H450 .*Cmono/);
  });

  test.needing('ffmpeg', 'a device that is missing is named, and looked for again', async context => {
    const { open, faults } = watch(context, { v4l2: '/dev/video-that-is-not-there' });
    open();
    await until('the fault', () => faults.length > 0);
    const { kind, message } = faults[0] ?? {};
    const missing = '/dev/video-that-is-not-there is missing, or may not be read';
    assert.equal([kind, message], ['disconnected', missing]);
  });

  test('a missing ffmpeg names the package to install', context => {
    const path = process.env.PATH;
    context.after(() => {
      process.env.PATH = path;
    });
    const folder = join(temporaryDirectory(context), 'bin');
    mkdirSync(folder);
    process.env.PATH = folder;
    const source = { rtsp: 'rtsp://camera/1', transport: 'tcp' } as const;
    assert.throws(() => ffmpegCommand('reader', source), /ffmpeg is missing: install the package ffmpeg/);
  });
});
