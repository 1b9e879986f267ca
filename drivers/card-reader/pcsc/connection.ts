/**
 * The one connection a PC/SC reader's card has with this process: one step at a time, as the binding asks for (a `connect`
 * while it is still connected gives no protocol, and the next transmit would throw).
 *
 * The card is shared with other programs, by T=0 or T=1, whichever it speaks.
 */
import type { PcscReader } from 'nfc-pcsc';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';

export interface Connection {
  /** @param isWanted asked when it is this step's turn */
  connect(isWanted: () => boolean): Promise<void>;
  /** Rejects with DeviceError, as all of these. */
  transmit(command: Uint8Array, maxResponseBytes: number): Promise<Uint8Array>;
  /** To the reader, over the card's connection or, without a card, over one of its own. */
  control(command: Uint8Array): Promise<void>;
  /** Whether the reader can be had at all, with or without a card. */
  probe(): Promise<void>;
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
    probe: () =>
      inTurn(async () => {
        if (protocol !== undefined) return;
        await connect(pcsc.SCARD_SHARE_DIRECT, 0);
        await disconnect();
      }),
    release: () => inTurn(disconnect).catch(() => undefined),
  };
}

/**
 * PC/SC's errors (winscard.h). `disconnected` are the reader's own, and no card's. Those not listed are `protocol`: the card
 * is there and does what it should not.
 */
const kinds: Readonly<Record<string, DeviceErrorKind>> = {
  '0x8010000C': 'medium-lost', // SCARD_E_NO_SMARTCARD
  '0x80100016': 'medium-lost', // SCARD_E_NOT_TRANSACTED: what a card that leaves in the middle of an APDU gives
  '0x8010002F': 'medium-lost', // SCARD_E_COMM_DATA_LOST
  '0x80100068': 'medium-lost', // SCARD_W_RESET_CARD
  '0x80100069': 'medium-lost', // SCARD_W_REMOVED_CARD
  '0x80100001': 'disconnected', // SCARD_F_INTERNAL_ERROR
  '0x80100002': 'disconnected', // SCARD_E_CANCELLED
  '0x80100003': 'disconnected', // SCARD_E_INVALID_HANDLE
  '0x80100006': 'disconnected', // SCARD_E_NO_MEMORY
  '0x80100007': 'disconnected', // SCARD_F_WAITED_TOO_LONG
  '0x80100009': 'disconnected', // SCARD_E_UNKNOWN_READER
  '0x8010000A': 'disconnected', // SCARD_E_TIMEOUT
  '0x8010000B': 'disconnected', // SCARD_E_SHARING_VIOLATION
  '0x80100010': 'disconnected', // SCARD_E_NOT_READY
  '0x80100012': 'disconnected', // SCARD_E_SYSTEM_CANCELLED
  '0x80100013': 'disconnected', // SCARD_F_COMM_ERROR
  '0x80100014': 'disconnected', // SCARD_F_UNKNOWN_ERROR
  '0x80100017': 'disconnected', // SCARD_E_READER_UNAVAILABLE
  '0x80100018': 'disconnected', // SCARD_P_SHUTDOWN
  '0x8010001A': 'disconnected', // SCARD_E_READER_UNSUPPORTED
  '0x8010001D': 'disconnected', // SCARD_E_NO_SERVICE
  '0x8010001E': 'disconnected', // SCARD_E_SERVICE_STOPPED
  '0x8010002E': 'disconnected', // SCARD_E_NO_READERS_AVAILABLE
  '0x80100031': 'disconnected', // SCARD_E_SERVER_TOO_BUSY
};
const heldByAnother = '0x8010000B';

function pcscError(device: string, error: Error): DeviceError {
  const code = `0x${/0x([0-9a-f]{8})/i.exec(error.message)?.[1]?.toUpperCase()}`;
  const words = code === heldByAnother ? 'another program holds the reader: ' : '';
  return new DeviceError(kinds[code] ?? 'protocol', device, words + error.message.trim(), error);
}
