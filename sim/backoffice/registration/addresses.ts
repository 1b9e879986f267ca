/** Network addresses, as limits count them: one form for each address, however it was written. */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Proxies write `4.4.4.4:1234`, `[2001:db8::1]:443` and `"[2001:db8::1]"` too. */
const withPort = /^"?(?:\[([^\]]*)\]|([\d.]+))(?::\d*)?"?$/;
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** @returns the address alone, in its canonical form, IPv4 also inside IPv6; undefined for what is no address */
export function bareAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const [, inBrackets, v4] = withPort.exec(trimmed) ?? [];
  const [bare = ''] = (inBrackets ?? v4 ?? trimmed).split('%');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return undefined;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  return mapped.exec(address)?.[1] ?? address;
}

/** All that are no addresses count as one. */
const nowhere = 'nowhere';

/** The networks that an address is in, from the smallest: its own (an IPv6 home's /64), a /24 or /48, a /16 or /32. */
export type Networks = readonly [address: string, network: string, area: string];

export function networksOf(address: string): Networks {
  const bare = bareAddress(address);
  if (bare === undefined) return [nowhere, nowhere, nowhere];
  if (isIPv6(bare)) {
    const all = groupsOf(bare);
    const prefix = (count: number) => `${all.slice(0, count).join(':')}::/${count * 16}`;
    return [prefix(4), prefix(3), prefix(2)];
  }
  const [a, b, c] = bare.split('.');
  return [bare, `${a}.${b}.${c}.0/24`, `${a}.${b}.0.0/16`];
}

/** @returns an IPv4 address as it is; of an IPv6 address its /64, which one home has to itself */
export function networkOf(address: string): string {
  return networksOf(address)[0];
}

const groups = 8;

/** All eight groups of a canonical address; an IPv4 tail is not looked at. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [split(head), split(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, groups - first.length - last.length);
  return [...first, ...Array.from({ length: missing }, () => '0'), ...last];
}
