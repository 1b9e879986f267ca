/**
 * The one connection a PC/SC reader's card has with this process: one step at a time, as the binding asks for (a `connect`
 * while it is still connected gives no protocol, and the next transmit would throw).
 *
 * The card is shared with other programs, by T=0 or T=1, whichever it speaks.
 */
import type { PcscReader } from 'nfc-pcsc';
import { DeviceError } from '../../../device/errors.ts';
import { pcscError } from './pcsc-error.ts';

export interface Connection {
  /** @param isWanted asked when it is this step's turn */
  connect(isWanted: () => boolean): Promise<void>;
  /** Rejects with DeviceError, as all of these. */
  transmit(command: Uint8Array, maxResponseBytes: number): Promise<Uint8Array>;
  /** To the reader, over the card's connection or, without a card, over one of its own. */
  control(command: Uint8Array): Promise<void>;
  release(): Promise<void>;
}

const maxControlResponseBytes = 64;

export function createConnection(name: string, pcsc: PcscReader): Connection {
  let protocol: number | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = turn.then(step);
    turn = done.catch(() => undefined);
    return done;
  }

  const call = <T>(start: (done: (error: Error | undefined | null, result: T) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      start((error, result) => (error ? reject(pcscError(name, error)) : resolve(result)));
    });

  async function disconnect(): Promise<void> {
    protocol = undefined;
    if (pcsc.connected) await call<void>(done => pcsc.disconnect(pcsc.SCARD_LEAVE_CARD, done));
  }

  async function connect(shareMode: number, protocols: number): Promise<number | undefined> {
    await disconnect();
    return call<number | undefined>(done =>
      pcsc.connect({ share_mode: shareMode, protocol: protocols }, done),
    );
  }

  return {
    connect: isWanted =>
      inTurn(async () => {
        if (!isWanted()) return;
        protocol = await connect(pcsc.SCARD_SHARE_SHARED, pcsc.SCARD_PROTOCOL_T0 | pcsc.SCARD_PROTOCOL_T1);
      }),
    async transmit(command, maxResponseBytes) {
      const by = protocol;
      if (by === undefined) throw new DeviceError('medium-lost', name, 'the card left the field');
      const response = await call<Uint8Array>(done =>
        pcsc.transmit(Buffer.from(command), maxResponseBytes, by, done),
      );
      return Uint8Array.from(response);
    },
    control: command =>
      inTurn(async () => {
        const bytes = Buffer.from(command);
        const isCardThere = protocol !== undefined;
        if (!isCardThere) await connect(pcsc.SCARD_SHARE_DIRECT, 0);
        try {
          await call<Uint8Array>(done =>
            pcsc.control(bytes, pcsc.IOCTL_CCID_ESCAPE, maxControlResponseBytes, done),
          );
        } finally {
          if (!isCardThere) await disconnect();
        }
      }),
    release: () => inTurn(disconnect).catch(() => undefined),
  };
}
