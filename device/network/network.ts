/** The machine's network as Linux has it: interfaces, the default route, name servers; and whether a far end can be reached. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dial } from '../kit/dial.ts';
import { messageOf } from '../kit/errors.ts';

export interface NetworkInterface {
  readonly name: string;
  /** With the length of the network's part: 192.168.7.2/24. */
  readonly addresses: readonly string[];
}

export interface Route {
  readonly interface: string;
  readonly gateway: string;
}

/** Where something listens. */
export interface FarEnd {
  /** Who it is for: feed, uplink. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
}

export interface Reached extends FarEnd {
  readonly reached: boolean;
  /** The address that answered, or why none did. */
  readonly detail: string;
  readonly tookMs: number;
}

/** Without the loopback. */
export function interfaces(): NetworkInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => {
    const outside = addresses.filter(({ internal }) => !internal);
    return outside.length === 0
      ? []
      : [{ name, addresses: outside.map(({ cidr, address }) => cidr ?? address) }];
  });
}

/** The default routes, IPv4 and IPv6, as /proc/net has them; none where there is none. */
export async function defaultRoutes(directory = '/proc/net'): Promise<Route[]> {
  const [four, six] = await Promise.all(['route', 'ipv6_route'].map(name => textOf(`${directory}/${name}`)));
  return [...routesOf4(four ?? ''), ...routesOf6(six ?? '')];
}

/** Those of resolv.conf(5), in its order. */
export async function nameServers(file = '/etc/resolv.conf'): Promise<string[]> {
  const text = await textOf(file);
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address).slice(0, 8);
}

/** Dials it and hangs up. Never rejects. */
export async function reach(end: FarEnd, timeoutMs: number, signal?: AbortSignal): Promise<Reached> {
  const startedAt = performance.now();
  const { host, port } = end;
  const outcome = await dial({ device: end.what, host, port, timeoutMs, ...(signal && { signal }) }).then(
    socket => {
      const { remoteAddress = host } = socket;
      socket.on('error', () => undefined).destroy();
      return { reached: true, detail: remoteAddress };
    },
    error => ({ reached: false, detail: messageOf(error) }),
  );
  return { ...end, ...outcome, tookMs: Math.round(performance.now() - startedAt) };
}

const ports: Readonly<Record<string, number>> = {
  'https:': 443,
  'http:': 80,
  'mqtts:': 8883,
  'mqtt:': 1883,
  'wss:': 443,
  'ws:': 80,
};

/** @param url may hold a log-in, which is left out. @returns undefined for what names no host */
export function farEndOf(what: string, url: string): FarEnd | undefined {
  try {
    const { protocol, hostname, port } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const number = port === '' ? ports[protocol] : Number(port);
    return host === '' || number === undefined ? undefined : { what, host, port: number };
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** Columns: Iface Destination Gateway Flags …; numbers in hex, the address's bytes reversed. */
function routesOf4(text: string): Route[] {
  return rowsOf(text.split('\n').slice(1)).flatMap(([name = '', destination, gateway = '', , , , , mask]) => {
    if (destination !== '00000000' || mask !== '00000000') return [];
    const bytes = (gateway.match(/../g) ?? []).reverse().map(byte => Number.parseInt(byte, 16));
    return [{ interface: name, gateway: gateway === '00000000' ? 'on the link' : bytes.join('.') }];
  });
}

/** Columns: destination length source length next-hop metric refs use flags interface. */
function routesOf6(text: string): Route[] {
  return rowsOf(text.split('\n')).flatMap(columns => {
    const [destination = '', length, , , next = ''] = columns;
    const name = columns[9] ?? '';
    if (!/^0+$/.test(destination) || length !== '00' || name === 'lo') return [];
    const groups = next.match(/.{4}/g) ?? [];
    const gateway = /^0+$/.test(next)
      ? 'on the link'
      : groups.map(group => group.replace(/^0{1,3}/, '')).join(':');
    return [{ interface: name, gateway }];
  });
}

function rowsOf(lines: readonly string[]): string[][] {
  return lines.filter(line => line.trim() !== '').map(line => line.trim().split(/\s+/));
}
