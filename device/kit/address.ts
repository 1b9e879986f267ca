/**
 * Addresses. Where a device is attached is one text in the settings: `tcp://host:port`, or the absolute path of a tty
 * (`/dev/ttyUSB0`). An IPv6 host stands in brackets, with its zone if it is link-local: `tcp://[::1]:4001`,
 * `tcp://[fe80::1%eth0]:4001`.
 */
import { isIPv6 } from 'node:net';
import { DeviceError } from './errors.ts';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'tty'; readonly path: string };

/** @throws DeviceError config, saying what is wrong with the text */
export function parseAddress(text: string): Address {
  if (/^\/\S+$/.test(text)) return { kind: 'tty', path: text };
  if (!text.startsWith('tcp://')) {
    throw unusable(text, 'neither tcp://host:port nor the absolute path of a tty');
  }
  const [, ipv6, name, digits] = /^tcp:\/\/(?:\[([^\]]+)\]|([^\s:/[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) throw unusable(text, 'expected tcp://host:port');
  if (ipv6 !== undefined && !isIPv6(ipv6)) throw unusable(text, 'no IPv6 address in the brackets');
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw unusable(text, 'the port must be from 1 to 65535');
  return { kind: 'tcp', host, port };
}

export function isAddress(text: string, kinds: readonly Address['kind'][] = ['tcp', 'tty']): boolean {
  try {
    return kinds.includes(parseAddress(text).kind);
  } catch {
    return false;
  }
}

export function describeAddress(address: Address): string {
  if (address.kind === 'tty') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

function unusable(text: string, why: string): DeviceError {
  return new DeviceError('config', 'address', `"${text}" cannot be used as an address: ${why}`);
}

/**
 * An address without the login that a camera's may hold, for logs and the console: neither `user:password@` nor
 * `password=…`, which some cameras want in the path.
 */
export function hideUserinfo(text: string): string {
  return text.replace(/\/\/[^\s/]+@/g, '//***@').replace(/(pass(?:word|wd)?|pwd)=[^\s&"'`]+/gi, '$1=***');
}
