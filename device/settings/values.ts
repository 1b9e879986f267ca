/** The values that settings are made of: names, ports, addresses. */
import { z } from 'zod';
import { audiences } from '../core/screen.ts';
import { isStopId } from '../core/stop.ts';
import { isAddress } from '../kit/address.ts';
import { printable } from '../kit/printable.ts';

export const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be 1 to 32 letters, digits, dots, dashes, underscores');
/** As GTFS has it, but for what cannot be shown. */
export const stopId = z
  .string()
  .refine(isStopId, 'must be 1 to 64 printable characters, without a space at either end');
export const audience = z.enum(audiences);
/** The name of a recording: it is part of a file's path. */
export const promptId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 small letters, digits, dashes');
export const path = z.string().min(1);
export const port = z.int().min(1).max(65_535);
const bitsPerS = z.int().min(300).max(4_000_000);
export const baudRate = bitsPerS.default(115_200);
const frame = z.enum(['8N1', '8N2', '8E1', '8O1', '7E1', '7O1']);
const flowControl = z.enum(['none', 'rtscts']);
/** What a switch on a serial line sends, in hex. */
export const messageBytes = z
  .string()
  .regex(/^([0-9a-fA-F]{2}){1,32}$/, 'must be 1 to 32 bytes in hex, in quotes: "0d"')
  .transform(hex => hex.toLowerCase());
/** What a serial line is set to; not used for tcp://host:port. */
export const serialLine = { baudRate, frame: frame.default('8N1'), flowControl: flowControl.default('none') };
/** The same for a path that is a serial line only if it has a speed. */
export const serialLineIfAny = {
  baudRate: bitsPerS.optional(),
  frame: frame.optional(),
  flowControl: flowControl.optional(),
};
export const wire = z
  .string()
  .refine(text => isAddress(text), 'must be tcp://host:port or the path of a tty');

export const tcpAddress = z.string().refine(text => isAddress(text, ['tcp']), 'must be tcp://host:port');
export const httpAddress = z
  .string()
  .refine(isHttpAddress, 'must be http://host or https://host, with :port and /path as needed');

/** mqtt://host:port or mqtts://host:port */
export const brokerAddress = z
  .string()
  .refine(isBrokerAddress, 'must be mqtt://host or mqtts://host, with :port as needed');

function isBrokerAddress(text: string): boolean {
  if (!/^mqtts?:\/\/[^\s/?#]+\/?$/i.test(text) || !URL.canParse(text)) return false;
  return new URL(text).hostname !== '';
}

/** Without a query or a fragment, because paths are appended. */
function isHttpAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || !URL.canParse(text)) return false;
  const { search, hash } = new URL(text);
  return search === '' && hash === '';
}

/** ISO 8601 with an offset, e.g. 2022-05-23T00:00:00+08:00 → Unix milliseconds. */
export const instant = z.iso.datetime({ offset: true }).transform(text => Date.parse(text));
/** Line numbers read naturally in YAML: 2 and "2" are the same line. */
export const lineName = z
  .union(
    [
      z
        .string()
        .regex(/^\S{1,16}$/)
        .refine(text => printable(text) === text),
      z.int().positive(),
    ],
    'must be a line name of 1 to 16 characters',
  )
  .transform(String);
