/**
 * What the firmware and a card reader's own process say to each other, over child_process IPC: JSON, bytes in hex, which is
 * quicker there than structured clones (25 against 45 µs there and back). Neither side trusts what comes:
 * `parseOrder` and `parseNews` give undefined for anything else.
 */
import { z } from 'zod';
import type { DeviceErrorKind } from '../../../device/kit/errors.ts';
import { maxBodyBytes } from '../apdu.ts';

const maxAtrBytes = 33;
const maxTextLength = 1000;
/** No more exchanges with a card are told together. */
export const maxExchanges = 100;
export const maxSlots = 32;

const id = z.int().min(1);
const bytes = (min: number, max: number) =>
  z
    .string()
    .min(2 * min)
    .max(2 * max)
    .regex(/^(?:[0-9a-f]{2})*$/)
    .transform((hex): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex')));
const text = z.string().transform(long => long.slice(0, maxTextLength));
const problem = {
  error: z.enum([
    'disconnected',
    'medium-lost',
    'timeout',
    'protocol',
    'storage',
    'hindered',
    'config',
  ] satisfies DeviceErrorKind[]),
  message: text,
};

const slot = z.strictObject({ name: text, isUsed: z.boolean(), hasForgottenCard: z.boolean() });
const exchange = z.strictObject({ command: bytes(4, maxBodyBytes), response: bytes(2, maxBodyBytes) });

/** From the firmware. */
const order = z.discriminatedUnion('say', [
  /** The first one. `settings` are the hosted driver's; `leftover` is the mark of a card that is done with. */
  z.strictObject({ say: z.literal('open'), settings: z.unknown(), leftover: z.int().optional() }),
  z.strictObject({ say: z.literal('transmit'), id, card: id, command: bytes(4, maxBodyBytes) }),
  z.strictObject({
    say: z.literal('indicate'),
    light: z.enum(['off', 'green', 'amber', 'red']),
    tone: z.enum(['none', 'one', 'two', 'three', 'short', 'long']),
  }),
  /** Twice a second: the firmware is neither dead nor stopped. */
  z.strictObject({ say: z.literal('beat') }),
  z.strictObject({ say: z.literal('close') }),
]);

/** From the process. */
const news = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('alive') }),
  z.strictObject({ say: z.literal('ready') }),
  z.strictObject({ say: z.literal('fault'), ...problem }),
  z.strictObject({ say: z.literal('note'), text }),
  z.strictObject({ say: z.literal('slots'), slots: z.array(slot).max(maxSlots) }),
  z.strictObject({
    say: z.literal('inserted'),
    card: id,
    mark: z.int().optional(),
    atr: bytes(0, maxAtrBytes),
  }),
  z.strictObject({ say: z.literal('removed'), card: id }),
  /**
   * In place of the answer to a card's first order: that command, and those that the process sent after it of itself, with
   * their answers; with `ended` it sends no more.
   */
  z.strictObject({
    say: z.literal('read-ahead'),
    card: id,
    exchanges: z.array(exchange).max(maxExchanges),
    ended: z.boolean(),
  }),
  z.strictObject({ say: z.literal('answered'), id, response: bytes(2, maxBodyBytes) }),
  z.strictObject({ say: z.literal('refused'), id, ...problem }),
]);

export type Order = z.infer<typeof order>;
export type News = z.infer<typeof news>;
export type Exchange = z.infer<typeof exchange>;

export function parseOrder(message: unknown): Order | undefined {
  return order.safeParse(message).data;
}

export function parseNews(message: unknown): News | undefined {
  return news.safeParse(message).data;
}

/** As it goes over the channel. */
export function encode(message: Order | News): Record<string, unknown> {
  return encodeFields(message);
}

function encodeFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, encodeValue(value)]));
}

function encodeValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(encodeValue);
  return typeof value === 'object' && value !== null ? encodeFields(value) : value;
}
