/** What the validators of one bus tell each other: one JSON object a line, as this schema has it (docs/formats/bus-link.md). */
import { z } from 'zod';
import { mediumKinds } from '../core/medium.ts';
import { name, stopId } from '../settings/values.ts';

const instant = z.number().min(0).max(1e14);
const row = z.int().min(1).max(0xffffffff);
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const token = z.string().regex(/^([0-9a-f]{2}){8,16}$/);

const message = z.discriminatedUnion('is', [
  /** The way to this validator is new: purchases that it told of before count no more. */
  z.strictObject({ is: z.literal('hello') }),
  /** A debit follows, or has been sent, and how it ended is not known. */
  z.strictObject({
    is: z.literal('begun'),
    row,
    token,
    at: instant,
    type: z.enum(['plain', 'compound']),
    /** The card's counter before it. */
    sequence: z.int().min(0).max(0xffff),
    /** Of the PSAM, 12 digits. */
    terminal: z.string().regex(/^[0-9a-f]{12}$/),
  }),
  /** How it ended is known where it was begun. */
  z.strictObject({ is: z.literal('ended'), row }),
  /** The card has said at another door how it ended. */
  z.strictObject({
    is: z.literal('settled'),
    of: name,
    row,
    outcome: z.enum(['paid', 'not-paid', 'unknown']),
    tac: hex(4).nullable(),
    /** The card's, which the door that began it cannot read back from its row. */
    token: hex(8).nullable(),
    kind: z.enum(mediumKinds).nullable(),
  }),
  /** A ride code has begun a ride, or ended one; its tokens under each key. */
  z.strictObject({
    is: z.literal('ride'),
    tokens: z.array(token).min(1).max(4),
    step: z.enum(['on', 'off']),
    at: instant,
    stop: stopId.nullable(),
  }),
]);

export type DoorMessage = z.infer<typeof message>;

/** @returns printable ASCII */
export function writeMessage(said: DoorMessage): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(message.parse(said)).replace(/[^\x20-\x7e]/g, escaped);
}

/** @returns undefined for what is no such message */
export function readMessage(line: string): DoorMessage | undefined {
  try {
    return message.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
