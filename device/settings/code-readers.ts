/** The settings of each kind of code reader. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';
import { name, serialLine, tcpAddress, wire } from './values.ts';

const pixels = z.int().min(16).max(8192).optional();

/** As ffmpeg takes it: a name and password may stand in it, percent-encoded where they hold `/`. */
function isRtspAddress(text: string): boolean {
  return /^rtsps?:\/\/[^\s/]/i.test(text) && !/[\s\p{Cc}]/u.test(text) && URL.canParse(text);
}

const scanner = section({
  name,
  driver: z.literal('scanner'),
  path: wire,
  ...serialLine,
  encoding: z.enum(['auto', 'hex', 'base64', 'raw']).default('auto'),
});

const framedScanner = section({ name, driver: z.literal('framed-scanner'), path: wire, ...serialLine });

const v4l2 = section({
  v4l2: z.string().regex(/^\/dev\/[\w./-]+$/, 'must be a device such as /dev/video0'),
  width: pixels,
  height: pixels,
  fps: z.int().min(1).max(240).optional(),
}).refine(({ width, height }) => (width === undefined) === (height === undefined));
const rtsp = section({
  rtsp: z.string().refine(isRtspAddress),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
});
const file = section({ file: z.string().regex(/^\//), loop: z.boolean().default(true) });
const command = section({ command: z.array(z.string()).min(1) });

const camera = section({
  name,
  driver: z.literal('camera'),
  /** What ffmpeg opens, or frames as YUV4MPEG2: from an address, or a command's standard output. */
  source: z.union([tcpAddress, command, v4l2, rtsp, file], {
    error:
      'must be {v4l2: /dev/video0}, with width and height, and fps, as needed; ' +
      '{rtsp: rtsp://host/path}, with transport: tcp or udp as needed; {file: /path}, with loop as needed; ' +
      'tcp://host:port; or {command: [program, argument, …]}',
  }),
  /** Out of view for this long, a code counts as presented anew. */
  goneAfterMs: z.int().min(100).max(10_000).default(1000),
  /** No whole frame for this long is a fault. */
  frameTimeoutMs: z.int().min(100).max(60_000).default(1500),
  /** No new picture for this long is a fault; 0 where the picture may stand still. */
  frozenAfterS: z.int().min(0).max(3600).default(10),
});

export const codeReader = z.discriminatedUnion('driver', [scanner, framedScanner, camera]);
