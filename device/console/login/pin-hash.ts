/**
 * The console's PIN as it stands in the settings: salted and hashed by scrypt (RFC 7914), written as PHC strings are:
 * `$scrypt$ln=14,r=8,p=5$SALT$HASH`, with base64 without padding. `ln` is the logarithm of N.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { DeviceError } from '../../kit/errors.ts';
import { pinHashPattern } from '../../settings/console-line.ts';

/** 16 MiB and some 0.2 s of one core: OWASP's second choice, for little memory. */
const usual = { ln: 14, r: 8, p: 5 };
const saltBytes = 16;
const hashBytes = 32;
/** Whoever guesses has some five tries a minute: with six digits that is months at the line. */
export const pinLength = { min: 6, max: 64 };

interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const derive = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** @throws DeviceError config for a PIN that is too short or too long */
export async function hashPin(pin: string): Promise<string> {
  const { length } = [...pin];
  if (length < pinLength.min || length > pinLength.max)
    throw new DeviceError('config', 'PIN', `a PIN has ${pinLength.min} to ${pinLength.max} characters`);
  const salt = randomBytes(saltBytes);
  const { ln, r, p } = usual;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(await stretch(pin, salt, usual))}`;
}

/** Takes a fifth of a second of a thread that is not the taps'. @param hash as the pattern has it */
export async function isPin(pin: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt = '', expected = ''] = pinHashPattern.exec(hash) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const found = await stretch(pin, Buffer.from(salt, 'base64'), cost);
  return timingSafeEqual(found, Buffer.from(expected, 'base64'));
}

/** A PIN typed on another keyboard is the same: NFC. */
function stretch(pin: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  const options = { N, r, p, maxmem: 256 * N * r };
  return derive(Buffer.from(pin.normalize('NFC')), salt, hashBytes, options);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
