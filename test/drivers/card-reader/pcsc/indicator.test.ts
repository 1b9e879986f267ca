/** A verdict on a PC/SC reader's lights: never while a card is read, the newest wins, one refusal is not believed. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { toHex } from '../../../../device/core/bytes.ts';
import { createIndicator } from '../../../../drivers/card-reader/pcsc/indicator.ts';
import { signalOf } from '../../../../drivers/card-reader/pcsc/signals.ts';
import { suite } from '../../../harness.ts';

const dark = 'ff00400c0400000000';
const green = 'ff00400e0400000000';

function start() {
  const sent: string[] = [];
  const reader = { isRefusing: false, quietMs: 1000 };
  const field = {
    async control(command: Uint8Array) {
      sent.push(toHex(command));
      if (reader.isRefusing) throw new Error('refused');
    },
    quietMs: () => reader.quietMs,
  };
  const signal = signalOf('ACS ACR122U 00 00');
  assert.ok(signal !== undefined);
  return { sent, reader, indicate: createIndicator(signal, field) };
}

suite("a PC/SC reader's lights", test => {
  test('wait until no card is read; of what waited only the newest is shown', async () => {
    const { sent, reader, indicate } = start();
    reader.quietMs = 0;
    const shown = [indicate('green', 'three'), indicate('off', 'none')];
    await sleep(100);
    assert.equal(sent, []);
    reader.quietMs = 1000;
    await Promise.all(shown);
    assert.equal(sent, [dark]);
  });

  test('one that has shown something is asked again after any refusals: it must go dark', async () => {
    const { sent, reader, indicate } = start();
    await indicate('green', 'none');
    reader.isRefusing = true;
    for (let times = 0; times < 9; times++) await indicate('red', 'none');
    reader.isRefusing = false;
    await indicate('off', 'none');
    assert.is(sent[0], green);
    assert.is(sent.at(-1), dark);
  });

  test('one that only ever refuses is left alone', async () => {
    const { sent, reader, indicate } = start();
    reader.isRefusing = true;
    for (let times = 0; times < 9; times++) await indicate('green', 'three');
    assert.is(sent.length, 3);
  });
});
