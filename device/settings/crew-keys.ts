/** The settings of each kind of key for the crew. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';
import { baudRate, messageBytes, name, serialLine, wire } from './values.ts';

/** A key or keypad on a serial line, which sends some bytes for each press. */
const serialKey = section({
  name,
  driver: z.literal('serial-key'),
  path: wire,
  ...serialLine,
  baudRate: baudRate.unwrap().default(9600),
  /** What the key sends; keypads of bus equipment send 0d for their 确认. */
  sends: messageBytes.default('0d'),
});

export const crewKey = z.discriminatedUnion('driver', [serialKey]);
