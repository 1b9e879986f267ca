/** What is the reader's failure is told as a fault, and booked on no card: a binding that fails as PC/SC does. */
import { EventEmitter } from 'node:events';
import type { PcscReader } from 'nfc-pcsc';
import * as assert from 'uvu/assert';
import type { Card } from '../../../../device/ports.ts';
import { watchField } from '../../../../drivers/card-reader/pcsc/field.ts';
import { suite, until } from '../../../harness.ts';
import { atr, pcsclite, present } from './made-up-binding.ts';

/** A reader of the binding whose connecting or transmitting fails with this PC/SC code while it is set. */
function createReader() {
  const failing: { connect?: string; transmit?: string } = {};
  const error = (code: string) => new Error(`SCardConnect error: it failed.(${code})`);
  const reader = Object.assign(new EventEmitter(), {
    name: 'Front 00 00',
    connected: false,
    ...pcsclite,
    connect(_options: object, done: (error: Error | null, protocol?: number) => void) {
      reader.connected = failing.connect === undefined;
      done(failing.connect === undefined ? null : error(failing.connect), 2);
    },
    disconnect(_disposition: number, done: (error: Error | null) => void) {
      reader.connected = false;
      done(null);
    },
    transmit(
      _c: Buffer,
      _max: number,
      _by: number,
      done: (error: Error | null, answer?: Uint8Array) => void,
    ) {
      if (failing.transmit === undefined) done(null, Uint8Array.of(0x90, 0x00));
      else done(error(failing.transmit));
    },
    control() {},
  });
  return { reader, failing };
}

function watch() {
  const { reader, failing } = createReader();
  const log: string[] = [];
  const cards: Card[] = [];
  watchField({
    name: 'card',
    pcsc: reader as unknown as PcscReader,
    hosting: { leftover: undefined, mark: () => {} },
    events: {
      ready: () => log.push('ready'),
      fault: error => log.push(`fault ${error.kind}: ${error.message}`),
      inserted(card) {
        cards.push(card);
        log.push('inserted');
      },
      removed: () => log.push('removed'),
    },
  });
  let count = 0;
  const status = (state: number) => reader.emit('status', { state: (++count << 16) | state, atr });
  return {
    failing,
    log,
    cards,
    put: () => status(present),
    take: () => status(0),
    told: (entry: string) => until(entry, () => log.some(line => line.startsWith(entry))),
  };
}

const readersOwn = [
  ...['0x8010000B', '0x80100006', '0x80100013', '0x80100017', '0x80100001', '0x80100002', '0x8010000A'],
  ...['0x80100010', '0x80100012', '0x80100014', '0x80100018', '0x8010001A', '0x8010002E'],
];

suite('a PC/SC reader that fails', test => {
  test('no card is presented, the fault has the words; the card that waits is read when it can be', async () => {
    await Promise.all(
      readersOwn.map(async code => {
        const field = watch();
        field.failing.connect = code;
        field.put();
        await field.told('fault');
        assert.match(field.log.join(), new RegExp(`^fault disconnected: .*${code}`), code);
        delete field.failing.connect;
        await field.told('inserted');
        assert.equal(field.log.slice(1), ['ready', 'inserted'], code);
        assert.equal(
          [...((await field.cards[0]?.transmit(Uint8Array.of(0, 0xb0, 0, 0, 0))) ?? [])],
          [0x90, 0],
        );
      }),
    );
  });

  test('another program that holds the reader is named; cards that come and go meanwhile are nobody’s taps', async () => {
    const field = watch();
    field.failing.connect = '0x8010000B';
    field.put();
    await field.told('fault disconnected: another program holds the reader');
    for (let times = 0; times < 3; times++) {
      field.take();
      field.put();
    }
    field.take();
    delete field.failing.connect;
    await field.told('ready');
    field.put();
    await field.told('inserted');
    assert.equal(field.log.slice(1), ['ready', 'inserted']);
  });

  test('in the middle of a card: the card is out, and it is the reader’s fault', async () => {
    const field = watch();
    field.put();
    await field.told('inserted');
    field.failing.transmit = '0x80100013';
    const failed = await field.cards[0]?.transmit(Uint8Array.of(0, 0xb0, 0, 0, 0)).catch(error => error.kind);
    assert.is(failed, 'disconnected');
    await field.told('ready');
    assert.match(field.log.join(), /^inserted,removed,fault disconnected: .*,ready$/);
  });

  test('a card that cannot be powered up is its own', async () => {
    for (const code of ['0x80100066', '0x80100067', '0x8010000F']) {
      const field = watch();
      field.failing.connect = code;
      field.put();
      await field.told('removed');
      assert.equal(field.log, ['inserted', 'removed'], code);
    }
  });
});
