/**
 * Stands in nfc-pcsc's place in a reader's process: one ACR122U, whose lights a file notes with the process that set them.
 * LIT_CARD: a card lies on it.
 */
import { EventEmitter } from 'node:events';
import { appendFileSync } from 'node:fs';
import { atr, pcsclite, present } from './made-up-binding.ts';

const { LIT_FILE: file = '', LIT_CARD: card } = process.env;

type Done<T> = (error: Error | undefined, result?: T) => void;

function createReader() {
  const reader = Object.assign(new EventEmitter(), {
    name: 'ACS ACR122U PICC Interface 00 00',
    connected: false,
    ...pcsclite,
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
