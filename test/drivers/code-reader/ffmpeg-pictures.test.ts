/** A code reader's contract through ffmpeg, and a picture that freezes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { noisy } from '../../../sim/wires/camera-port.ts';
import { sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { ffmpegsOf, patient, slowMs, watch } from './ffmpeg-stand.ts';
import { blankFrame, codeFrame, noiseFrame, y4mFrame, y4mHeader } from './frames.ts';

/** A fifo is the wire: ffmpeg reads it as a file, and whoever films writes into it. */
testCodeReader(
  'camera through ffmpeg',
  async context => {
    const path = join(temporaryDirectory(context), 'wire.y4m');
    let picture = y4mFrame(blankFrame());
    let film: NodeJS.Timeout | undefined;
    let writer: ChildProcess | undefined;
    const { camera: reader } = watch(context, { file: path, loop: false }, patient);
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
      },
      showJunk() {
        picture = y4mFrame(noiseFrame());
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
      const { open, codes, faults, readies } = watch(
        context,
        { file: path, loop: true },
        { ...patient, frozenAfterS: 1 },
      );
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
