/** The settings of the contact of a validator's door. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';
import { baudRate, messageBytes, name, serialLine, wire } from './values.ts';

/** A microcontroller at the door's switch. */
const serialContact = section({
  name: name.default('door'),
  driver: z.literal('serial-contact'),
  path: wire,
  ...serialLine,
  baudRate: baudRate.unwrap().default(9600),
  opens: messageBytes.default('31'),
  closes: messageBytes.default('30'),
}).refine(({ opens, closes }) => !opens.startsWith(closes) && !closes.startsWith(opens), {
  path: ['closes'],
  error: 'one of opens and closes begins with the other',
});

export const doorContact = z.discriminatedUnion('driver', [serialContact]);
