/**
 * The key that protects personal data, in a file of its own outside the database.
 *
 * It is one secret of 32 bytes, from which HKDF-SHA-256 derives a key for each use, so that a value computed for one use tells
 * nothing about another.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { checkGivenFile } from '../../../device/kit/own-file.ts';

/** What a key is for. */
const uses = ['seal', 'person', 'phone', 'account', 'pseudonym', 'code', 'visitor', 'check'] as const;
export type PersonalKeys = Readonly<Record<(typeof uses)[number], Buffer>>;

const secretBytes = 32;

/**
 * Makes the key at the first start, readable by its owner only.
 * @param isFirstStart whether there is no data yet; where there is data, a missing key must not be replaced
 * @throws WrongUsage where it is missing, cannot be used, or others may read it
 */
export function readPersonalKeys(path: string, isFirstStart: boolean): PersonalKeys {
  if (!existsSync(path)) {
    if (!isFirstStart) throw new WrongUsage(`${path}: missing; without it what is stored cannot be read`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeDurably(path, `${randomBytes(secretBytes).toString('hex')}\n`, 0o600);
  }
  return derive(readSecret(path));
}

function readSecret(path: string): Buffer {
  const isOpen = (statSync(path).mode & 0o077) !== 0;
  if (isOpen) throw new WrongUsage(`${path}: others may read it; it must have mode 0600`);
  try {
    checkGivenFile(path);
    const text = readFileSync(path, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('not 64 hex digits');
    return Buffer.from(text, 'hex');
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

function derive(secret: Buffer): PersonalKeys {
  const keyFor = (use: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `back office: ${use}`, secretBytes));
  return Object.fromEntries(uses.map(use => [use, keyFor(use)])) as PersonalKeys;
}
