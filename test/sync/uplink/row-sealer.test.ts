/** Rows sealed at once: each opens by itself, in any order, however many come in one go, and none with another's key. */
import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { encapsulatedBytes, maxSteps } from '../../../sync/uplink/row-key.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { createRowOpener, keyIdOf } from '../../../sync/uplink/sealed-row.ts';
import { suite } from '../../harness.ts';

const key = newPrivateKey();
const keyId = keyIdOf(publicKeyOf(key));
const place = (seq: number) => ({ device: 'a', epoch: 1, seq });
const text = (seq: number) => Buffer.from(`row ${seq}`);

async function sealed(rows: number, isInOneGo: boolean): Promise<Uint8Array[]> {
  const sealer = await openRowSealer(publicKeyOf(key));
  const all: Uint8Array[] = [];
  for (let seq = 0; seq < rows; seq++) {
    all.push(sealer.seal(text(seq), place(seq)));
    if (!isInOneGo) await new Promise(resolve => setTimeout(resolve, 2));
  }
  return all;
}

const encapsulations = (rows: readonly Uint8Array[]) =>
  new Set(rows.map(row => Buffer.from(row.subarray(0, encapsulatedBytes)).toString('hex'))).size;

suite('row sealer', test => {
  test('one encapsulation is for some sixteen rows, and each row opens whichever was opened before', async () => {
    const rows = await sealed(100, false);
    assert.ok(encapsulations(rows) >= 4, `${encapsulations(rows)}`);
    const opener = createRowOpener();
    for (const seq of [99, 0, 40, 39, 41, 15, 16, 17, ...rows.keys()])
      assert.equal(await opener.open(rows[seq] ?? Buffer.of(), place(seq), keyId, key), text(seq));
    // Many at once, as of several validators.
    const each = rows.map((row, seq) => opener.open(row, place(seq), keyId, key));
    assert.equal(await Promise.all(each), [...rows.keys()].map(text));
  });

  test('as many as are written in one go have a key; a turn of the event loop later there are others', async () => {
    const rows = await sealed(maxSteps, true);
    assert.is(encapsulations(rows), 1);
    const last = maxSteps - 1;
    assert.equal(
      await createRowOpener().open(rows[last] ?? Buffer.of(), place(last), keyId, key),
      text(last),
    );
    const sealer = await openRowSealer(publicKeyOf(key));
    for (let seq = 0; seq < maxSteps; seq++) sealer.seal(text(seq), place(seq));
    assert.throws(() => sealer.seal(text(0), place(0)), /no key is ready/);
    for (let turns = 0; turns < 10_000; turns++) {
      await setImmediate();
      try {
        sealer.seal(text(0), place(0));
        return;
      } catch {}
    }
    assert.unreachable();
  });

  test('a key that is none is a mistake in the settings', async () => {
    for (const bytes of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(32).fill(0).with(0, 1)])
      await openRowSealer(bytes).then(
        () => assert.unreachable(),
        error => assert.ok(error instanceof DeviceError && error.kind === 'config', String(error)),
      );
  });
});
