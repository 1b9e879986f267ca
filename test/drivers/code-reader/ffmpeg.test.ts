/** The ffmpeg sources with the real ffmpeg: a video of ride codes, its death in every way, and what is missing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { createCamera } from '../../../drivers/code-reader/camera.ts';
import { createDecoder } from '../../../drivers/code-reader/decoder.ts';
import { type FfmpegSource, ffmpegCommand } from '../../../drivers/code-reader/ffmpeg.ts';
import { noisy } from '../../../sim/wires/camera-port.ts';
import { bytesRead, recordEvents, sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { blankFrame, codeFrame, noiseFrame, y4mFrame, y4mHeader } from './frames.ts';
import { makeVideo, startRtspServer } from './video-sources.ts';

const slowMs = 30_000;

function watch(context: TestContext, source: FfmpegSource, frozenAfterS = 10) {
  const decoder = createDecoder({
    engine: 'zxing',
    events: { ready: () => {}, fallback: () => {}, fault: () => {} },
  });
  context.after(decoder.close);
  const limits = { goneAfterMs: 500, frameTimeoutMs: 1500, frozenAfterS };
  const camera = createCamera({ name: 'reader', source, decoder, ...limits });
  context.after(camera.close);
  const heard = recordEvents();
  const open = () => camera.open(heard.events);
  return { ...heard, camera, open };
}

/** The ffmpeg processes whose words hold this text. */
function ffmpegsOf(text: string): number[] {
  return readdirSync('/proc').flatMap(pid => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      return words[0]?.endsWith('ffmpeg') && words.some(word => word.includes(text)) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

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
        const { camera, open, faults, readies } = watch(context, sourceNamed(hardware), frozenAfterS);
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
    const { open, faults, readies } = watch(context, { file: path, loop: true });
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
    const { open, camera, faults } = watch(context, { file: silent, loop: false });
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

  test('a device that is missing is named, and looked for again', async context => {
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
    symlinkSync('/bin/true', join(folder, 'ffmpeg'));
    assert.throws(
      () => ffmpegCommand('reader', source),
      /setpriv is missing: install the package util-linux/,
    );
  });
});

const rtspServer = {
  what: 'gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-good',
  met: startRtspServer.isInstalled,
};

suite('camera by RTSP', test => {
  for (const transport of ['tcp', 'udp'] as const) {
    test.needing(
      rtspServer,
      `over ${transport}: codes are read, the server’s death is told, and it is back`,
      async context => {
        const { path, codes: shown } = await makeVideo('mp4');
        const server = await startRtspServer(context, path);
        const { open, codes, faults, readies } = watch(context, { rtsp: server.address, transport });
        open();
        await until('a code', () => codes.length > 0, slowMs);
        assert.ok(shown.includes(bytesRead(codes)[0] ?? ''));
        await server.kill();
        await until('the fault', () => faults.length > 0, slowMs);
        const before = [readies(), codes.length];
        await server.start();
        await until('ready', () => readies() > (before[0] ?? 0), slowMs);
        await until('a code', () => codes.length > (before[1] ?? 0), slowMs);
      },
    );
  }

  test.needing('ffmpeg', 'who logs in is in no fault', async context => {
    const address = 'rtsp://admin:s3cr@t@127.0.0.1:9/live?password=hidden';
    const { open, faults } = watch(context, { rtsp: address, transport: 'tcp' });
    open();
    await until('the fault', () => faults.length > 0, slowMs);
    const message = String(faults[0]?.message);
    assert.match(message, /Connection refused/);
    assert.not.match(message, /admin|s3cr|@t|hidden/);
  });
});

/** A fifo is the wire: ffmpeg reads it as a file, and whoever films writes into it. */
testCodeReader(
  'camera through ffmpeg',
  async context => {
    const path = join(temporaryDirectory(context), 'wire.y4m');
    let picture = y4mFrame(blankFrame());
    let film: NodeJS.Timeout | undefined;
    let writer: ChildProcess | undefined;
    const { camera: reader } = watch(context, { file: path, loop: false });
    const unplug = async () => {
      clearInterval(film);
      rmSync(path, { force: true });
      const ended =
        writer?.exitCode === null && writer.signalCode === null ? once(writer, 'exit') : undefined;
      writer?.kill('SIGKILL');
      await ended;
    };
    context.after(unplug);
    return {
      reader,
      async plug() {
        await once(spawn('mkfifo', [path]), 'exit');
        const started = spawn('sh', ['-c', 'exec cat > "$1"', 'sh', path], {
          stdio: ['pipe', 'ignore', 'inherit'],
        });
        writer = started;
        started.stdin.on('error', () => {});
        started.stdin.write(y4mHeader({ width: 640, height: 480 }));
        film = setInterval(() => {
          if (started.stdin.writableLength === 0) started.stdin.write(noisy(picture));
        }, 30);
      },
      unplug,
      attached: () => ffmpegsOf(path).length > 0,
      show(code) {
        picture = y4mFrame(codeFrame(code));
        const back = setTimeout(() => {
          picture = y4mFrame(blankFrame());
        }, 600);
        context.after(() => clearTimeout(back));
      },
      showJunk() {
        picture = y4mFrame(noiseFrame());
        const back = setTimeout(() => {
          picture = y4mFrame(blankFrame());
        }, 200);
        context.after(() => clearTimeout(back));
      },
    };
  },
  'ffmpeg',
);

const [sample = new Uint8Array()] = sampleCodes;

suite('camera that freezes', test => {
  test.needing(
    'ffmpeg',
    'is told, opened anew, not presented anew, and back with new pictures only',
    async context => {
      const path = join(temporaryDirectory(context), 'still.y4m');
      const header = Buffer.from(y4mHeader({ width: 640, height: 480 }));
      const still = y4mFrame(codeFrame(sample));
      writeFileSync(path, Buffer.concat([header, still, still, still]));
      const { open, codes, faults, readies } = watch(context, { file: path, loop: true }, 1);
      open();
      await until('the fault', () => faults.length > 0, slowMs);
      assert.match(String(faults[0]?.message), /the picture is frozen: the same for 1 s/);
      await new Promise(resolve => setTimeout(resolve, 4000));
      assert.equal([faults.length, readies(), codes.length], [1, 1, 1]);
      const moving = Array.from({ length: 60 }, () => noisy(still));
      writeFileSync(path, Buffer.concat([header, ...moving]));
      await until('ready', () => readies() === 2, slowMs);
    },
  );
});
