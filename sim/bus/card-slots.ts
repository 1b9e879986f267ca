/** Where each validator's passengers hold their cards: a port to dial, and the reader's settings behind it. */

import { freePort } from '../wires/free-port.ts';
import { missingForPcscd, startPcscd } from '../wires/pcscd.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** `vpcd`: the firmware's own loopback reader; `pcsc`: a virtual reader behind a private pcscd. */
export type Wiring = 'vpcd' | 'pcsc';

export interface CardSlot {
  readonly port: number;
  readonly reader: Readonly<Record<string, unknown>>;
}

export interface CardSlots {
  readonly front: CardSlot;
  readonly rear: CardSlot;
  close(): Promise<void>;
}

const readerNames = ['Front Door', 'Rear Door'];

export async function openCardSlots(wires: Wiring): Promise<CardSlots> {
  if (wires === 'vpcd') {
    return { front: await loopbackSlot(), rear: await loopbackSlot(), close: async () => {} };
  }
  const missing = missingForPcscd();
  if (missing !== undefined) throw new WrongUsage(`WIRES=pcsc needs ${missing}`);
  const { socket, ports, close } = await startPcscd(readerNames);
  const [front, rear] = ports.map((port, i) => ({
    port,
    reader: { driver: 'pcsc', reader: readerNames[i], socket },
  }));
  if (front === undefined || rear === undefined) throw new Error('pcscd has no ports');
  return { front, rear, close };
}

export function loopbackReader(port: number): CardSlot['reader'] {
  return { driver: 'vpcd', host: '127.0.0.1', port };
}

async function loopbackSlot(): Promise<CardSlot> {
  const port = await freePort();
  return { port, reader: loopbackReader(port) };
}
