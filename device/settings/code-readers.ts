/** The settings of each kind of code reader. */
import { z } from 'zod';
import { name, serialLine, tcpAddress, wire } from './values.ts';
import { section } from './yaml-file.ts';

const scanner = section({
  name,
  driver: z.literal('scanner'),
  path: wire,
  ...serialLine,
  encoding: z.enum(['auto', 'hex', 'base64', 'raw']).default('auto'),
});

const camera = section({
  name,
  driver: z.literal('camera'),
  /** Frames as YUV4MPEG2: from an address, or a command's standard output. */
  source: z.union([tcpAddress, section({ command: z.array(z.string()).min(1) })], {
    error: 'must be tcp://host:port or {command: [program, argument, …]}',
  }),
  /** Out of view for this long, a code counts as presented anew. */
  goneAfterMs: z.int().min(100).max(10_000).default(1000),
  /** No whole frame for this long is a fault. */
  frameTimeoutMs: z.int().min(100).max(60_000).default(3000),
});

export const codeReader = z.discriminatedUnion('driver', [scanner, camera]);
