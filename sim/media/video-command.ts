/** `video`: writes a video of ride codes moving through a camera's picture, and prints which code is in view when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { toHex } from '../../device/core/bytes.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { say, sayError } from '../../device/kit/printable.ts';
import { createAuthority } from './authority.ts';
import { createPhone } from './phone.ts';
import { type RideVideoOptions, rideVideo, showings } from './ride-video.ts';
import { y4mFrame, y4mHeader } from './y4m.ts';

export interface VideoOptions extends RideVideoOptions {
  readonly out: string;
  readonly codes: number;
  readonly trustOut?: string;
}

export function addVideoCommand(program: Command): void {
  program
    .command('video')
    .description('a video of ride codes moving through the picture; .y4m by itself, others by ffmpeg')
    .requiredOption('--out <file>', 'the video to write')
    .option('--codes <n>', 'how many ride codes, one after the other', whole(1, 1000), 3)
    .option('--seconds <n>', 'how long', whole(1, 3600), 12)
    .option('--fps <n>', 'pictures a second', whole(1, 60), 15)
    .option('--width <pixels>', 'of the picture', whole(160, 1920), 640)
    .option('--height <pixels>', 'of the picture', whole(120, 1080), 480)
    .option('--seed <n>', 'the same movements for the same seed', whole(0, 2 ** 31), 1)
    .option('--trust-out <file>', 'where to write the root authority of the codes')
    .action(async ({ fps, ...options }: Omit<VideoOptions, 'framesPerSecond'> & { fps: number }) => {
      const made = await writeVideo({ ...options, framesPerSecond: fps }, Date.now());
      say(JSON.stringify(made));
    });
}

/** @param now when the codes are made; they are valid for a minute. @throws WrongUsage if the video cannot be written */
export async function writeVideo(options: VideoOptions, now: number) {
  const { out, seconds, framesPerSecond, width, height, trustOut } = options;
  const authority = createAuthority();
  const issuer = authority.issue();
  const codes = Array.from({ length: options.codes }, (_, i) =>
    createPhone({ issuer, account: String(i + 1).padStart(20, '0') }).showCode({ at: now }),
  );
  const to = out.endsWith('.y4m') ? toFile(out) : toFfmpeg(out);
  try {
    if (trustOut !== undefined) {
      writeFileSync(trustOut, JSON.stringify({ rootRecords: [toHex(authority.rootRecord)] }));
    }
    await Promise.all([pipeline(Readable.from(stream(codes, options)), to.writable), to.done]);
  } catch (error) {
    throw new WrongUsage(`${out}: ${messageOf(error)}`);
  }
  const inView = showings(codes.length, seconds).map((turn, i) => ({
    ...turn,
    hex: toHex(codes[i] ?? new Uint8Array()),
  }));
  return { out, width, height, framesPerSecond, seconds, codes: inView };
}

function* stream(codes: readonly Uint8Array[], options: RideVideoOptions): Generator<Uint8Array> {
  yield y4mHeader(options.width, options.height, options.framesPerSecond);
  for (const frame of rideVideo(codes, options)) yield y4mFrame(frame);
}

/** The stream to write to, and a promise of the finished file. */
interface Sink {
  readonly writable: Writable;
  readonly done: Promise<unknown>;
}

function toFile(path: string): Sink {
  return { writable: createWriteStream(path), done: Promise.resolve() };
}

/** ffmpeg chooses container and codec by the file's extension. */
function toFfmpeg(path: string): Sink {
  const words = ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'yuv4mpegpipe', '-i', 'pipe:0'];
  const child = spawn('ffmpeg', [...words, '-pix_fmt', 'yuv420p', `file:${path}`], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => sayError(text.trimEnd()));
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`ffmpeg ended (${code})`);
  });
  return { writable: child.stdin, done: ended };
}

function whole(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}`);
  };
}
