/** Bytes that no scanner module and no technician sends, in hex. */
import { toHex } from '../../device/core/bytes.ts';
import type { Random } from '../media/random.ts';

const encoder = new TextEncoder();

export function hostileBytes(random: Random): string {
  const makes: readonly [() => Uint8Array, ...(() => Uint8Array)[]] = [
    () => random.bytes(1 + Math.floor(random.next() * 400)),
    () => encoder.encode(`${'A'.repeat(1 + Math.floor(random.next() * 1500))}\r\n`),
    () => encoder.encode('\u0000\u0003\u0004\u001a\u001b[A\u001b[200~\r'),
    () => encoder.encode('status\u0000; DROP TABLE tap;--\r'),
    () => encoder.encode('{"__proto__": 1}\r\n'),
    () => encoder.encode(`81${'0'.repeat(662)}\r\n`),
    () => Uint8Array.from({ length: 300 }, () => 0xff),
    () => encoder.encode('\r\n\r\n\r\n'),
  ];
  return toHex(random.pick(makes)());
}
