/** The settings of the GNSS receiver. */
import { z } from 'zod';
import { baudRate, name, wire } from './values.ts';
import { section } from './yaml-file.ts';

export const gnss = section({
  name: name.default('gnss'),
  path: wire,
  baudRate: baudRate.unwrap().default(9600),
  /** Nothing to be understood for this long is a fault; the default is for receivers that send once a second. */
  timeoutMs: z.int().min(500).max(60_000).default(1900),
});
