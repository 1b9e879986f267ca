/** The settings of each kind of card reader. */
import { z } from 'zod';
import { name, path, port } from './values.ts';
import { section } from './yaml-file.ts';

const apduTimeoutMs = z.int().min(10).max(5000).default(300);

const vpcdReader = section({
  name,
  driver: z.literal('vpcd'),
  host: z.string().min(1).default('127.0.0.1'),
  port,
  apduTimeoutMs,
});

const pcscReader = section({
  name,
  driver: z.literal('pcsc'),
  reader: z.string().min(1).max(127).optional(),
  apduTimeoutMs,
  socket: path.optional(),
});

export const cardReader = z.discriminatedUnion('driver', [vpcdReader, pcscReader]);
