/** Whole ride codes, and what modules make of their bytes. */
import { createAuthority } from '../../../sim/media/authority.ts';
import { createPhone } from '../../../sim/media/phone.ts';

const phone = createPhone({ issuer: createAuthority().issue() });

/** A new one each time. It holds a backslash, CR and LF. */
export function rideCode(): Uint8Array {
  return phone.showCode({ at: Date.now(), ownField: Uint8Array.of(0x5c, 0x0d, 0x0a, 0x03) });
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** In AIM's ECI protocol: ISO 8859-1, each backslash doubled. */
export function eciOf(code: Uint8Array): Buffer {
  return Buffer.from(`\\000003${Buffer.from(code).toString('latin1').replaceAll('\\', '\\\\')}`, 'latin1');
}

/** Each byte taken for a character of ISO 8859-1, and written in UTF-8. */
export function utf8Of(code: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(code).toString('latin1'), 'utf8');
}
