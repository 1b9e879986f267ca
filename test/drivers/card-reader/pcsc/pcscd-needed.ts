/** Tests of PC/SC run against the real daemon; they need it, its virtual reader and nfc-pcsc. */
import { createRequire } from 'node:module';
import { missingForPcscd } from '../../../../sim/wires/pcscd.ts';
import type { Requirement } from '../../../left-out.ts';

export const pcscdNeeded: Requirement = {
  what: 'pcscd, its virtual reader and nfc-pcsc',
  packages: ['pcscd', 'vsmartcard-vpcd', 'libpcsclite-dev'],
  met: () => missingForPcscd() === undefined && isBuilt(),
};

function isBuilt(): boolean {
  try {
    createRequire(import.meta.url)('nfc-pcsc');
    return true;
  } catch {
    return false;
  }
}
