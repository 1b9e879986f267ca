/**
 * A sound card of ALSA's own file plugin, and who listens to it: what is played comes out of a named pipe. While nobody takes
 * it out, a prompt goes on.
 *
 * Each prompt is one value, so often as it has samples: so it is known again in what was heard, with its volume.
 */
import { execFileSync } from 'node:child_process';
import { constants, mkdirSync, openSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { isProgram } from '../../../drivers/wire/program.ts';
import { type Heard, promptNames } from '../../contract/speaker.ts';
import { type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { childrenOf } from '../card-reader/children.ts';
import { madeWav } from './made-wav.ts';

/** Far more than a pipe and its reader's buffers hold, so that a prompt that nobody hears does not end. */
const promptSamples = 300_000;
const format = { rateHz: 48_000, channels: 2 };
/** No half of one is another. */
const loudest: Readonly<Record<string, number>> = { one: 14_000, two: 22_000, three: 30_000 };

export const device = 'heard';
export const alsaUtils = { what: 'aplay', packages: ['alsa-utils'], met: () => isProgram('aplay') };

export function createAlsaEar(context: TestContext) {
  const folder = temporaryDirectory(context);
  const pipe = join(folder, 'pipe');
  const settings = join(folder, 'asound.conf');
  const prompts = join(folder, 'prompts');
  const before = process.env.ALSA_CONFIG_PATH;
  process.env.ALSA_CONFIG_PATH = settings;
  context.after(() => {
    if (before === undefined) delete process.env.ALSA_CONFIG_PATH;
    else process.env.ALSA_CONFIG_PATH = before;
  });
  writeFileSync(settings, '');
  mkdirSync(prompts);
  for (const name of promptNames) {
    const samples = new Int16Array(promptSamples).fill(loudest[name] ?? 0);
    writeFileSync(join(prompts, `${name}.wav`), madeWav({ ...format, samples }));
  }
  let ear: Socket | undefined;
  let isListening = true;
  let awaited: string | undefined;
  const pieces: Buffer[] = [];
  const heard = () => runsOf(Buffer.concat(pieces));

  function stopHearing(): void {
    ear?.destroy();
    ear = undefined;
  }
  context.after(stopHearing);

  return {
    prompts,
    plug() {
      execFileSync('mkfifo', [pipe]);
      // Its own writer too: so it does not end with each aplay.
      const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
      ear = new Socket({ fd, readable: true, writable: false });
      ear.on('data', chunk => {
        pieces.push(chunk);
        if (awaited === undefined || heard().at(-1)?.id !== awaited) return;
        awaited = undefined;
        ear?.pause();
      });
      if (!isListening) ear.pause();
      writeFileSync(
        settings,
        `pcm.${device} { type file slave.pcm { type null } file "${pipe}" format raw }\n`,
      );
    },
    unplug() {
      writeFileSync(settings, '');
      rmSync(pipe, { force: true });
      stopHearing();
    },
    /** Whether some process that this one has started has the card open. */
    attached: () => childrenOf(process.pid).some(pid => openFilesOf(pid).some(path => path.startsWith(pipe))),
    listen(isHearing: boolean) {
      isListening = isHearing;
      if (isHearing) ear?.resume();
      else ear?.pause();
    },
    heard,
    /** Listens until this prompt has begun. */
    async begun(id: string) {
      awaited = id;
      ear?.resume();
      await until(`${id} to begin`, () => awaited === undefined);
    },
  };
}

function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function runsOf(bytes: Buffer): Heard[] {
  const all: Heard[] = [];
  const count = Math.floor(bytes.length / 2);
  let from = 0;
  for (let at = 1; at <= count; at++) {
    const value = bytes.readInt16LE(from * 2);
    if (at < count && bytes.readInt16LE(at * 2) === value) continue;
    if (value !== 0) all.push({ ...promptOf(value), whole: at - from === promptSamples });
    from = at;
  }
  return all;
}

/** Which prompt it is, at full volume or at half. */
function promptOf(value: number) {
  for (const [id, loud] of Object.entries(loudest)) {
    for (const volumePercent of [100, 50]) {
      if (Math.abs((loud * volumePercent) / 100 - value) <= 1) return { id, volumePercent };
    }
  }
  return { id: `noise ${value}`, volumePercent: 0 };
}
