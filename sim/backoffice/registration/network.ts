/** Which addresses count as one. */
import { isIPv4, isIPv6 } from 'node:net';

const groups = 8;
const networkGroups = 4;

/** @returns an IPv4 address as it is, also inside IPv6; of an IPv6 address its /64, which one home has to itself */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(bare)) return address;
  return `${groupsOf(bare).slice(0, networkGroups).join(':')}::/64`;
}

/** All eight groups, in lower case without leading zeros; an IPv4 tail is not looked at. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [split(head), split(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, groups - first.length - last.length);
  const all = [...first, ...Array.from({ length: missing }, () => '0'), ...last];
  return all.map(group => group.replace(/^0+(?=.)/, ''));
}
