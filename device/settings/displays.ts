/** The settings of each kind of display. */
import { z } from 'zod';
import { isWire, name, serialLineIfAny, wire } from './values.ts';
import { section } from './yaml-file.ts';

const audience = z.enum(['passenger', 'crew']);

const terminalDisplay = section({
  name,
  driver: z.literal('terminal'),
  audience,
  path: z
    .string()
    .refine(
      text => text === 'stdout' || isWire(text),
      'must be stdout, tcp://host:port or the path of a tty',
    ),
  /** Of a serial line; left out for a console or a pipe. */
  ...serialLineIfAny,
});

/** A Nextion or TJC serial panel. */
const panelDisplay = section({
  name,
  driver: z.literal('panel'),
  audience,
  path: wire,
  /** As the project on the panel sets it; a slower one could not be drawn on in time. */
  baudRate: z.int().min(9600).max(921_600).default(115_200),
  /** Of the project on the panel. */
  encoding: z.enum(['gb2312', 'utf-8']).default('gb2312'),
});

export const display = z.discriminatedUnion('driver', [terminalDisplay, panelDisplay]);
