/**
 * Where a device is attached, as one text in the settings: `tcp://host:port` or the absolute path of a tty
 * (`/dev/ttyUSB0`). IPv6 hosts stand in brackets: `tcp://[::1]:4001`.
 */
import { DeviceError } from '../device/errors.ts';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'tty'; readonly path: string };

/** @throws DeviceError config, saying what is wrong with the text */
export function parseAddress(text: string): Address {
  if (text.startsWith('/')) return { kind: 'tty', path: text };
  if (!text.startsWith('tcp://'))
    throw unusable(text, 'neither tcp://host:port nor the absolute path of a tty');
  const [, bracketed, plain, digits] =
    /^tcp:\/\/(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw unusable(text, 'expected tcp://host:port');
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw unusable(text, 'the port must be from 1 to 65535');
  return { kind: 'tcp', host, port };
}

export function describeAddress(address: Address): string {
  if (address.kind === 'tty') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

function unusable(text: string, why: string): DeviceError {
  return new DeviceError('config', 'address', `"${text}" cannot be used as an address: ${why}`);
}
