/** The settings of each kind of display. */
import { z } from 'zod';
import { isWire, name, serialLineIfAny } from './values.ts';
import { section } from './yaml-file.ts';

const terminalDisplay = section({
  name,
  driver: z.literal('terminal'),
  audience: z.enum(['passenger', 'crew']),
  path: z
    .string()
    .refine(
      text => text === 'stdout' || isWire(text),
      'must be stdout, tcp://host:port or the path of a tty',
    ),
  /** Of a serial line; left out for a console or a pipe. */
  ...serialLineIfAny,
});

export const display = z.discriminatedUnion('driver', [terminalDisplay]);
