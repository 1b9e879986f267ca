/** Where passengers hold their cards: for each validator a port to dial, and the settings of the reader behind it. */
import { WrongUsage } from '../../device/kit/errors.ts';
import { freePort } from '../wires/free-port.ts';
import { missingForPcscd, startPcscd } from '../wires/pcscd.ts';

/** `vpcd`: the firmware's own loopback reader; `pcsc`: a virtual reader behind a private pcscd. */
export const wirings = ['vpcd', 'pcsc'] as const;
export type Wiring = (typeof wirings)[number];

export interface CardSlot {
  readonly port: number;
  readonly reader: Readonly<Record<string, unknown>> & { readonly driver: Wiring };
  /**
   * Pulls the reader, or plugs it in again.
   * @throws WrongUsage for the loopback reader, which is the firmware itself
   */
  plug(isIn: boolean): Promise<void>;
}

export interface CardSlots {
  readonly front: CardSlot;
  readonly rear: CardSlot;
  close(): Promise<void>;
}

export async function openCardSlots(wires: Wiring): Promise<CardSlots> {
  if (wires === 'vpcd') {
    return { front: await loopbackSlot(), rear: await loopbackSlot(), close: async () => {} };
  }
  const missing = missingForPcscd();
  if (missing !== undefined) throw new WrongUsage(`WIRES=pcsc needs ${missing}`);
  const [front, rear] = await Promise.all([pcscSlot('Front Door'), pcscSlot('Rear Door')]);
  const close = async () => void (await Promise.all([front.close(), rear.close()]));
  return { front, rear, close };
}

export function loopbackReader(port: number): CardSlot['reader'] {
  return { driver: 'vpcd', host: '127.0.0.1', port };
}

async function loopbackSlot(): Promise<CardSlot> {
  const port = await freePort();
  return {
    port,
    reader: loopbackReader(port),
    async plug() {
      throw new WrongUsage('reader needs --wires pcsc: with vpcd the firmware is the reader itself');
    },
  };
}

/** Each validator is a machine with a pcscd of its own. */
async function pcscSlot(reader: string): Promise<CardSlot & { close(): Promise<void> }> {
  const { socket, ports, plugIn, kill, start, close } = await startPcscd([reader]);
  const [port] = ports;
  if (port === undefined) throw new Error('pcscd has no port');
  return {
    port,
    reader: { driver: 'pcsc', reader, socket },
    // vpcd's driver never says that its reader is gone, so pcscd has to start without it.
    async plug(isIn) {
      plugIn(isIn ? [reader] : []);
      await kill();
      await start();
    },
    close,
  };
}
