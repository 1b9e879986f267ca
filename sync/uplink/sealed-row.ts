/**
 * A row as the journal has it and the uplink carries it: 32 bytes of HPKE's encapsulated key, 2 bytes of the row's number in the chain
 * of keys that it begins (row-key.ts), and the ciphertext. Device, epoch, seq and the key's name are authenticated.
 */
import { createHash } from 'node:crypto';
import type { RowPlace } from '../../device/data-ports.ts';
import { forgetOldest } from '../../device/kit/forget-oldest.ts';
import { exportFrom } from '../keys/hpke.ts';
import {
  aboutRow,
  chainInfo,
  encapsulatedBytes,
  headBytes,
  maxSteps,
  nextSecret,
  openWithSecret,
  secretBytes,
  tagBytes,
} from './row-key.ts';

/** No row of ours is nearly so long. */
export const maxSealedBytes = 4096;

export interface RowOpener {
  /**
   * @param keyId 16 hex digits
   * @returns the row's bytes. Rejects with Error when it was not sealed for this key at this place
   */
  open(sealed: Uint8Array, place: RowPlace, keyId: string, privateKey: Uint8Array): Promise<Buffer>;
}

interface OpenChain {
  readonly first: Buffer;
  secret: Buffer;
  step: number;
}

/** Of each validator one or two are in use at a time, and an intake has thousands of validators. */
const mostChains = 10_000;

/** Remembers the chains of the last rows: those that follow need no other decapsulation. */
export function createRowOpener(): RowOpener {
  const chains = new Map<string, OpenChain>();

  async function chainOf(encapsulated: Buffer, keyId: string, privateKey: Uint8Array): Promise<OpenChain> {
    const name = `${keyId}${encapsulated.toString('hex')}`;
    const known = chains.get(name);
    if (known !== undefined) return known;
    const first = await exportFrom(privateKey, chainInfo, encapsulated, secretBytes);
    const chain = { first, secret: first, step: 0 };
    chains.set(name, chain);
    forgetOldest(chains, mostChains);
    return chain;
  }

  return {
    async open(given, place, keyId, privateKey) {
      const sealed = Buffer.from(given.buffer, given.byteOffset, given.length);
      if (sealed.length < headBytes + tagBytes) throw new Error('too short to be sealed');
      const chain = await chainOf(sealed.subarray(0, encapsulatedBytes), keyId, privateKey);
      const step = sealed.readUInt16BE(encapsulatedBytes);
      if (step >= maxSteps) throw new Error('no number of a key');
      if (step < chain.step) [chain.secret, chain.step] = [chain.first, 0];
      for (; chain.step < step; chain.step++) chain.secret = nextSecret(chain.secret);
      return openWithSecret(chain.secret, sealed.subarray(headBytes), aboutRow(place, keyId));
    },
  };
}

/** Names a key of the back office: the first 8 bytes of its SHA-256, in hex. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}
