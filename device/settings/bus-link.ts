/** The settings of the network between a bus's validators, and the file with the key that they share. */
import { z } from 'zod';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { readPlainText } from '../kit/input-file.ts';
import { parseJson } from '../kit/located-json.ts';
import { checkGivenFile } from '../kit/own-file.ts';
import { section } from '../kit/yaml-file.ts';
import { path, tcpAddress } from './values.ts';

export const busLink = section({
  /** Where the others reach this validator. */
  listen: tcpAddress,
  /** Where it reaches the others. */
  reach: z.array(tcpAddress).min(1).max(4),
  /** The file of the key that all validators of the bus have. */
  key: path,
})
  .refine(({ listen, reach }) => !reach.includes(listen), {
    path: ['reach'],
    error: 'has the address at which this validator itself listens',
  })
  .refine(({ reach }) => new Set(reach).size === reach.length, {
    path: ['reach'],
    error: 'has an address twice',
  });

export type BusLinkSettings = z.infer<typeof busLink>;

const maxBytes = 4096;
const schema = z.strictObject({
  busKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .transform(hex => new Uint8Array(Buffer.from(hex, 'hex'))),
});

/** @returns 32 bytes. @throws DeviceError config, naming the file; never with the file's content */
export function readBusKey(file: string): Uint8Array {
  try {
    checkGivenFile(file);
    const { data } = schema.safeParse(parseJson(readPlainText(file, maxBytes)));
    if (data !== undefined) return data.busKey;
  } catch (error) {
    throw new DeviceError('config', 'bus-link', `${file}: ${messageOf(error)}`);
  }
  throw new DeviceError('config', 'bus-link', `${file}: expected {"busKey":"64 hex digits"}`);
}
