/**
 * Opens a serial line through the serialport package: its speed and frame, raw, and locked for whoever came first.
 *
 * Traps. A tty that hung up (USB adapter pulled) gives zero bytes for ever, and `serialport` silently reads on. While it is
 * held open, its name may come to mean another device, as a link under /dev/serial/by-id does after the adapter came back.
 * So the name is looked up twice a second. If the far end takes nothing (flow control), closing the line would wait half a
 * minute in the kernel for unsent bytes: they are thrown away after 300 ms.
 */
import { stat } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { messageOf } from '../../device/kit/errors.ts';
import { withinTime } from '../../device/kit/time.ts';

/** Data bits, parity (none, even, odd), stop bits. */
export type CharacterFrame = '8N1' | '8N2' | '8E1' | '8O1' | '7E1' | '7O1';

export interface SerialSettings {
  readonly baudRate: number;
  /** Default 8N1. */
  readonly frame?: CharacterFrame;
  /** Default none. */
  readonly flowControl?: 'none' | 'rtscts';
  /** How long a line that is closed waits for a far end that takes nothing. Default 300. */
  readonly drainLimitMs?: number;
}

export interface Tty {
  /** This file handles its errors. */
  readonly stream: SerialPort;
  /** Resolves, once the line is gone, to the reason. */
  readonly ended: Promise<string>;
  /** Resolves when all that was written is on the wire, or the line is broken. */
  drained(): Promise<void>;
  /** Resolves within `drainLimitMs`, and leaves nothing open. */
  close(): Promise<void>;
}

const pollMs = 500;
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
  const { baudRate, frame = '8N1', flowControl = 'none', drainLimitMs = 300 } = settings;
  const rtscts = flowControl === 'rtscts';
  const before = await identityOf(path);
  // Loaded only here: it takes a tenth of a start, and settings without a tty do without it.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({
    path,
    baudRate,
    ...frames[frame],
    rtscts,
    autoOpen: false,
    endOnClose: true,
  });
  await new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
  let identityPolling: NodeJS.Timeout | undefined;
  const ended = new Promise<string>(resolve => {
    port.on('error', error => resolve(messageOf(error)));
    port.on('close', () => resolve(`${path} hung up`));
    identityPolling = setInterval(async () => {
      const now = await identityOf(path).catch(() => undefined);
      if (now === undefined) resolve(`${path} is gone`);
      else if (now !== before) resolve(`${path} is another device now`);
    }, pollMs);
  });
  return {
    stream: port,
    ended,
    drained: () => drained(port),
    async close() {
      clearInterval(identityPolling);
      if (!port.isOpen) return;
      const isSent = await withinTime(
        drained(port).then(() => true),
        drainLimitMs,
        () => false,
      );
      // Flushing a PTY would throw away what was sent and is not yet read.
      if (!isSent)
        await new Promise<void>(resolve => (port.isOpen ? port.flush(() => resolve()) : resolve()));
      await new Promise<void>(resolve => (port.isOpen ? port.close(() => resolve()) : resolve()));
    },
  };
}

/** Tells a device from another one that has taken its name. */
async function identityOf(path: string): Promise<string> {
  const { dev, ino, rdev } = await stat(path);
  return `${dev} ${ino} ${rdev}`;
}

function drained(port: SerialPort): Promise<void> {
  return new Promise(resolve => {
    port.write(Buffer.alloc(0), () => (port.isOpen ? port.drain(() => resolve()) : resolve()));
  });
}
