/** Pictures of the panel: a phone's code, what a camera sees, and pictures that a tester holds before a camera. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { WrongUsage } from '../../device/kit/errors.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import type { Bus } from '../bus/bus.ts';
import { readViewOptions } from '../bus/commands/view-options.ts';
import { cameraSize, type PostName, postNames } from '../bus/validator-post.ts';
import { renderFrame } from '../media/frame.ts';
import { writePng } from '../media/png.ts';
import { qrMatrix } from '../media/qr-matrix.ts';
import type { CommandRecord } from './command-record.ts';
import { TooLarge } from './refusals.ts';

const maxFileBytes = 8 << 20;
/** Decoding blocks the bus. A phone's screenshot has fewer. */
const maxPixels = 5_000_000;
const maxKeptFiles = 200;
const modulePixels = 6;
/** ISO/IEC 18004 */
const quietModules = 4;

/** @param directory keeps the pictures held before a camera, for scenarios recorded here */
export function addPictures(
  server: FastifyInstance,
  bus: Bus,
  commands: CommandRecord,
  directory: string,
): void {
  const encoded = new WeakMap<GreyFrame, Uint8Array>();

  server.get<{ Params: { passenger: string }; Querystring: Record<string, unknown> }>(
    '/api/codes/:passenger.png',
    async ({ params, query }, reply) => {
      const code = bus.codeOf(params.passenger);
      const words = Object.entries(query).map(([name, value]) => `${name}=${String(value)}`);
      const frame =
        words.length === 0
          ? phoneScreen(code)
          : renderFrame([code], { ...cameraSize, ...readViewOptions(words) });
      return reply.type('image/png').header('cache-control', 'no-store').send(writePng(frame));
    },
  );

  for (const post of postNames) {
    server.get(`/api/cameras/${post}.png`, async (_request, reply) => {
      const { view } = bus.posts[post].camera;
      const png = encoded.get(view) ?? writePng(view);
      encoded.set(view, png);
      return reply.type('image/png').header('cache-control', 'no-store').send(png);
    });
  }

  const takePictures: FastifyPluginAsync = async uploads => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser('image/png', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    for (const post of postNames) {
      uploads.post<{ Body: Buffer | undefined }>(
        `/api/cameras/${post}/picture`,
        { bodyLimit: maxFileBytes },
        async ({ body }) => hold(post, body),
      );
    }
  };
  void server.register(takePictures);

  async function hold(post: PostName, png: Buffer | undefined) {
    if (png === undefined) throw new WrongUsage('image/png: there is no picture');
    checkPixels(png);
    const file = keepFile(directory, png);
    const done = await commands.carryOutForPage(`picture ${post} ${file}`);
    if (done.outcome.event === 'error') rmSync(file, { force: true });
    return done;
  }
}

/** Checks the header before anything is decoded. The decoder refuses what is no PNG. */
function checkPixels(png: Buffer): void {
  if (png.length < 24 || png.toString('latin1', 12, 16) !== 'IHDR') return;
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (width * height > maxPixels) {
    throw new TooLarge(`the picture has ${width}×${height} pixels, more than ${maxPixels}`);
  }
}

/** Names the file by its content, and removes the oldest. */
function keepFile(directory: string, png: Buffer): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${createHash('sha256').update(png).digest('hex').slice(0, 12)}.png`);
  const kept = readdirSync(directory).map(name => join(directory, name));
  const newestFirst = kept.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of newestFirst.slice(maxKeptFiles - 1)) rmSync(old);
  writeFileSync(file, png);
  return file;
}

/** The code alone, with its quiet zone, as the phone shows it. */
function phoneScreen(code: Uint8Array): GreyFrame {
  const { size, modules } = qrMatrix(code, 'L');
  const side = (size + 2 * quietModules) * modulePixels;
  const grey = new Uint8Array(side * side).fill(255);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / modulePixels) - quietModules;
    if (row < 0 || row >= size) continue;
    for (let x = 0; x < side; x++) {
      const column = Math.floor(x / modulePixels) - quietModules;
      if (column >= 0 && column < size && modules[row * size + column]) grey[y * side + x] = 0;
    }
  }
  return { width: side, height: side, grey };
}
