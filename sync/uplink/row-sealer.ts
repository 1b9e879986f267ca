/**
 * Seals rows at once: their tap waits for nothing. What takes time, HPKE's encapsulation, is made ready in between, for the next dozen
 * rows. Nothing that opens a sealed row is on the disk, and in memory only until it is sealed.
 */

import type { RowSealer } from '../../device/data-ports.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { exportTo } from '../keys/hpke.ts';
import { aboutRow, chainInfo, headBytes, maxSteps, nextSecret, sealWith, secretBytes } from './row-key.ts';
import { keyIdOf } from './sealed-row.ts';

interface Chain {
  readonly encapsulated: Buffer;
  secret: Buffer;
  step: number;
}

/** Then another chain follows, if it is ready. */
const rowsOfAChain = 16;

/** @param officeKey raw X25519, 32 bytes. Rejects with DeviceError config for what is no such key */
export async function openRowSealer(officeKey: Uint8Array): Promise<RowSealer> {
  const keyId = keyIdOf(officeKey);
  let current = await newChain(officeKey).catch(error => {
    const problem = `the back office's sealing key is none: ${messageOf(error)}`;
    throw new DeviceError('config', 'journal', problem, error);
  });
  let next: Chain | undefined;
  let isPreparing = false;

  function prepare(): void {
    if (isPreparing || next !== undefined) return;
    isPreparing = true;
    setImmediate(() => {
      void newChain(officeKey).then(made => {
        next = made;
        isPreparing = false;
      });
    });
  }

  /** What is left of the one before is wiped. */
  function takeNext(): void {
    if (current.step < rowsOfAChain) return;
    prepare();
    if (next === undefined) return;
    current.secret.fill(0);
    [current, next] = [next, undefined];
  }

  function goOn(): void {
    const secret = nextSecret(current.secret);
    current.secret.fill(0);
    current.secret = secret;
    current.step++;
    if (current.step === rowsOfAChain / 2) prepare();
  }

  return {
    keyId: Buffer.from(keyId, 'hex'),
    seal(row, place) {
      takeNext();
      if (current.step >= maxSteps) throw new Error('no key is ready to seal a row');
      const step = Buffer.alloc(headBytes - current.encapsulated.length);
      step.writeUInt16BE(current.step);
      const sealed = sealWith(current.secret, row, aboutRow(place, keyId));
      const whole = Buffer.concat([current.encapsulated, step, sealed]);
      goOn();
      return whole;
    },
  };
}

async function newChain(officeKey: Uint8Array): Promise<Chain> {
  return { ...(await exportTo(officeKey, chainInfo, secretBytes)), step: 0 };
}
