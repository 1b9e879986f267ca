/** The settings of each kind of display. */
import { z } from 'zod';
import { isAddress } from '../kit/address.ts';
import { section } from '../kit/yaml-file.ts';
import { audience, name, serialLineIfAny, wire } from './values.ts';

const terminalDisplay = section({
  name,
  driver: z.literal('terminal'),
  audience,
  path: z
    .string()
    .refine(
      text => text === 'stdout' || isAddress(text),
      'must be stdout, tcp://host:port or the path of a tty',
    ),
  /** The serial line's settings; left out for a console or a pipe. */
  ...serialLineIfAny,
});

const byteNumber = z.int().min(0).max(254);

/** A Nextion or TJC serial display. */
const nextionDisplay = section({
  name,
  driver: z.literal('nextion'),
  audience,
  path: wire,
  /** As the project on the display sets it; a slower one could not be drawn on in time. */
  baudRate: z.int().min(9600).max(921_600).default(115_200),
  /** What the project on the display has its texts in. */
  encoding: z.enum(['gb2312', 'utf-8']).default('gb2312'),
  /** By default well above 512 bytes at 9,600 baud, and short enough for a fault to show within 2 s. */
  answerTimeoutMs: z.int().min(100).max(60_000).default(800),
  /** Which component of a crew display's project is the crew's key, by the editor's numbers. */
  confirm: section({ page: byteNumber, component: byteNumber }).optional(),
}).refine(({ audience, confirm }) => audience === 'crew' || confirm === undefined, {
  path: ['confirm'],
  error: "is for the crew's display: no passenger may confirm",
});

export const display = z.discriminatedUnion('driver', [terminalDisplay, nextionDisplay], {
  error: ({ input }) =>
    (input as { driver?: unknown } | undefined)?.driver === 'panel'
      ? 'panel is called nextion now'
      : undefined,
});
