/**
 * Opens a serial line through the serialport package: its speed and frame, raw, and locked for whoever came first.
 *
 * Traps. A tty that hung up (USB adapter pulled) reads as zero bytes for ever, which `serialport` retries without a
 * word; and while it is held open its name may lead to another device, as a link under /dev/serial/by-id does after
 * the adapter came back: so twice a second the name is looked up again. Closing a line that takes nothing (flow
 * control) would wait half a minute in the kernel for what is unsent: that is thrown away after 300 ms.
 */
import { stat } from 'node:fs/promises';
import { SerialPort } from 'serialport';
import { messageOf } from '../device/errors.ts';

/** Data bits, parity (none, even, odd), stop bits. */
export type CharacterFrame = '8N1' | '8N2' | '8E1' | '8O1' | '7E1' | '7O1';

export interface SerialSettings {
  readonly baudRate: number;
  /** Default 8N1. */
  readonly frame?: CharacterFrame;
  /** Default none. */
  readonly flowControl?: 'none' | 'rtscts';
}

export interface Tty {
  /** Its errors are listened to here. */
  readonly stream: SerialPort;
  /** Resolves, once the line is gone, to the reason. */
  readonly ended: Promise<string>;
  /** Resolves when all that was written is on the wire, or the line is broken. */
  drained(): Promise<void>;
  /** Resolves within half a second and leaves nothing open. */
  close(): Promise<void>;
}

const lookMs = 500;
const drainLimitMs = 300;
const frames = {
  '8N1': { dataBits: 8, parity: 'none', stopBits: 1 },
  '8N2': { dataBits: 8, parity: 'none', stopBits: 2 },
  '8E1': { dataBits: 8, parity: 'even', stopBits: 1 },
  '8O1': { dataBits: 8, parity: 'odd', stopBits: 1 },
  '7E1': { dataBits: 7, parity: 'even', stopBits: 1 },
  '7O1': { dataBits: 7, parity: 'odd', stopBits: 1 },
} as const;

/** @throws the system's error */
export async function openTty(path: string, settings: SerialSettings): Promise<Tty> {
  const { baudRate, frame = '8N1', flowControl = 'none' } = settings;
  const rtscts = flowControl === 'rtscts';
  const before = await identityOf(path);
  const port = new SerialPort({
    path,
    baudRate,
    ...frames[frame],
    rtscts,
    autoOpen: false,
    endOnClose: true,
  });
  await new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
  let look: NodeJS.Timeout | undefined;
  const ended = new Promise<string>(resolve => {
    port.on('error', error => resolve(messageOf(error)));
    port.on('close', () => resolve(`${path} hung up`));
    look = setInterval(async () => {
      const now = await identityOf(path).catch(() => undefined);
      if (now === undefined) resolve(`${path} is gone`);
      else if (now !== before) resolve(`${path} is another device now`);
    }, lookMs);
  });
  return {
    stream: port,
    ended,
    drained: () => drained(port),
    async close() {
      clearInterval(look);
      if (!port.isOpen) return;
      await Promise.race([drained(port), afterMs(drainLimitMs)]);
      await new Promise<void>(resolve => (port.isOpen ? port.flush(() => resolve()) : resolve()));
      await new Promise<void>(resolve => (port.isOpen ? port.close(() => resolve()) : resolve()));
    },
  };
}

/** Which device a name leads to, and which time it was made: another one under the old name is another one. */
async function identityOf(path: string): Promise<string> {
  const { dev, ino, rdev } = await stat(path);
  return `${dev} ${ino} ${rdev}`;
}

function drained(port: SerialPort): Promise<void> {
  return new Promise(resolve => {
    port.write(Buffer.alloc(0), () => (port.isOpen ? port.drain(() => resolve()) : resolve()));
  });
}

function afterMs(delayMs: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, delayMs).unref();
  });
}
