/** The `bytes` command of the simulated bus: sends what no device and no technician would, down a wire. */
import { fromHex } from '../../device/core/bytes.ts';
import { connectConsole } from '../wires/console-client.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { ValidatorPost } from './validator-post.ts';

export const bytesWires = ['scanner', 'console'] as const;

const maxBytes = 2000;

/** @throws WrongUsage */
export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined || bytes.length === 0 || bytes.length > maxBytes) {
    throw new WrongUsage(`HEX is 1 to ${maxBytes} bytes in hex`);
  }
  return bytes;
}

/** @throws WrongUsage */
export async function sendBytes(post: ValidatorPost, wire: (typeof bytesWires)[number], hex = '') {
  const bytes = bytesOf(hex);
  if (wire === 'scanner') post.scanner.send(bytes);
  else await typeBytes(post.consolePort, bytes);
  return { event: 'bytes', validator: post.name, wire, count: bytes.length };
}

/** And hangs up, as whoever pulls the cable. */
async function typeBytes(port: number, bytes: Uint8Array): Promise<void> {
  const client = await connectConsole({ host: '127.0.0.1', port });
  client.type(bytes);
  await client.close();
}
