/** What is used of nfc-pcsc 0.8, which comes without types; `pcsclite` is the library beneath it. */
declare module 'nfc-pcsc' {
  import type { EventEmitter } from 'node:events';

  /** Called with an Error whose text ends in PC/SC's code: `… (0x80100016)`. */
  type Callback<T> = (error: Error | undefined | null, result: T) => void;

  export interface ReaderStatus {
    /** SCARD_STATE_ bits; the upper 16 count insertions and removals. */
    readonly state: number;
    readonly atr?: Uint8Array;
  }

  /** A reader of pcsclite. Events: `status`, `error`, `end`. */
  export interface PcscReader extends EventEmitter {
    readonly name: string;
    /** False again only when `disconnect` has succeeded. */
    readonly connected?: boolean;
    readonly SCARD_SHARE_SHARED: number;
    readonly SCARD_SHARE_DIRECT: number;
    readonly SCARD_PROTOCOL_T0: number;
    readonly SCARD_PROTOCOL_T1: number;
    readonly SCARD_STATE_PRESENT: number;
    readonly SCARD_STATE_MUTE: number;
    readonly SCARD_LEAVE_CARD: number;
    readonly IOCTL_CCID_ESCAPE: number;
    /** Results in the protocol; in undefined while connected already. */
    connect(options: { share_mode: number; protocol: number }, done: Callback<number | undefined>): void;
    disconnect(disposition: number, done: Callback<void>): void;
    transmit(command: Buffer, maxResponseBytes: number, protocol: number, done: Callback<Uint8Array>): void;
    /** The command's bytes must stay referenced until it is done. */
    control(command: Buffer, code: number, maxResponseBytes: number, done: Callback<Uint8Array>): void;
  }

  export interface Reader extends EventEmitter {
    readonly reader: PcscReader;
  }

  /** Events: `reader` with a Reader, `error`. */
  export class NFC extends EventEmitter {}
}
