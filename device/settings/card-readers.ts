/** The settings of each kind of card reader. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';
import { name, path, port } from './values.ts';

const apduTimeoutMs = z.int().min(10).max(60_000).default(300);

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
  /** The reader's process is heard five times a second. */
  heartbeatTimeoutMs: z.int().min(500).max(60_000).default(900),
});

export const cardReader = z.discriminatedUnion('driver', [vpcdReader, pcscReader]);

/** The PSAM is a card in a slot of its own, behind the same drivers. */
const slot = {
  name: name.default('psam'),
  /** Under which cards keep the key that it has. */
  keyIndex: z.int().min(1).max(255).default(1),
};
export const psam = z.discriminatedUnion('driver', [
  vpcdReader.extend(slot),
  // Which slot it is must be said: without, a reader is the first contactless one.
  pcscReader.extend({ ...slot, reader: z.string().min(1).max(127) }),
]);
