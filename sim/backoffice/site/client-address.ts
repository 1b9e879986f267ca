/** Whose request it is: the client's address, as the trusted proxies tell it. */
import { compile } from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';
import { bareAddress } from '../registration/addresses.ts';

/**
 * For fastify's `trustProxy`: a proxy that is told with its port is trusted as well.
 * @param list addresses and networks, with commas between
 * @throws TypeError for what is no address
 */
export function trustedProxies(list: string): (address: string, hop: number) => boolean {
  const isTrusted = compile(list.split(',').map(each => each.trim()));
  return (address, hop) => isTrusted(bareAddress(address) ?? '', hop);
}

/** Where the last trusted proxy tells no address, the proxy itself counts as the client, so that garbage escapes no limit. */
export function clientAddress({ ip, ips = [ip], socket }: FastifyRequest): string {
  const known = ips.map(bareAddress).findLast(address => address !== undefined);
  return known ?? bareAddress(socket.remoteAddress ?? '') ?? '';
}
