/** The values that settings are made of: names, ports, addresses. */
import { isIPv6 } from 'node:net';
import { z } from 'zod';

export const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be 1 to 32 letters, digits, dots, dashes, underscores');
export const path = z.string().min(1);
export const port = z.int().min(1).max(65_535);
const bitsPerS = z.int().min(300).max(4_000_000);
export const baudRate = bitsPerS.default(115_200);
const frame = z.enum(['8N1', '8N2', '8E1', '8O1', '7E1', '7O1']);
const flowControl = z.enum(['none', 'rtscts']);
/** What a serial line is set to; of no account for tcp://host:port. */
export const serialLine = { baudRate, frame: frame.default('8N1'), flowControl: flowControl.default('none') };
/** The same for what is a serial line only where it has a speed. */
export const serialLineIfAny = {
  baudRate: bitsPerS.optional(),
  frame: frame.optional(),
  flowControl: flowControl.optional(),
};
export const wire = z.string().refine(isWire, 'must be tcp://host:port or the path of a tty');

export const tcpAddress = z.string().refine(isTcpAddress, 'must be tcp://host:port');
export const httpAddress = z
  .string()
  .refine(isHttpAddress, 'must be http://host or https://host, with :port and /path as needed');

export function isWire(text: string): boolean {
  return isTcpAddress(text) || /^\/\S+$/.test(text);
}

/** Without a query or a fragment: paths are put behind it. */
function isHttpAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || !URL.canParse(text)) return false;
  const { search, hash } = new URL(text);
  return search === '' && hash === '';
}

/** tcp://host:port with a port that can be had; an IPv6 host stands in brackets. */
function isTcpAddress(text: string): boolean {
  const [, ipv6, digits] = /^tcp:\/\/(?:\[([^\]]+)\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(digits);
  return number >= 1 && number <= 65_535 && (ipv6 === undefined || isIPv6(ipv6));
}
