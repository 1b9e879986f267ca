/**
 * Stands in nfc-pcsc's place in a reader's process: one ACR122U, whose lights a file notes with the process that set them.
 * LIT_CARD: a card lies on it.
 */
import { EventEmitter } from 'node:events';
import { appendFileSync } from 'node:fs';

const atr = Uint8Array.of(0x3b, 0x81, 0x80, 0x01, 0x80, 0x80);
const present = 0x20;
const { LIT_FILE: file = '', LIT_CARD: card } = process.env;

type Done<T> = (error: Error | undefined, result?: T) => void;

function createReader() {
  const reader = Object.assign(new EventEmitter(), {
    name: 'ACS ACR122U PICC Interface 00 00',
    connected: false,
    SCARD_SHARE_SHARED: 2,
    SCARD_SHARE_DIRECT: 3,
    SCARD_PROTOCOL_T0: 1,
    SCARD_PROTOCOL_T1: 2,
    SCARD_STATE_PRESENT: present,
    SCARD_STATE_MUTE: 0x200,
    SCARD_LEAVE_CARD: 0,
    IOCTL_CCID_ESCAPE: 1,
    connect(_options: object, done: Done<number>) {
      reader.connected = true;
      done(undefined, 2);
    },
    disconnect(_disposition: number, done: Done<void>) {
      reader.connected = false;
      done(undefined);
    },
    control(command: Buffer, _code: number, _max: number, done: Done<Uint8Array>) {
      appendFileSync(file, `${process.pid} ${command.toString('hex')}\n`);
      done(undefined, Uint8Array.of(0x90, 0x00));
    },
  });
  return reader;
}

export class NFC extends EventEmitter {
  constructor() {
    super();
    setImmediate(() => {
      const reader = createReader();
      this.emit('reader', { reader });
      if (card !== undefined) reader.emit('status', { state: (1 << 16) | present, atr });
    });
  }
}
