/**
 * A key that never comes to this machine: a program signs with it, on a token or on another machine. Its file has the public
 * half and the program: `{"publicKey":"64 hex digits","command":["ssh","signer","sign-targets"]}`.
 */
import { spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';

const schema = z.strictObject({
  /** Raw Ed25519. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  command: z.array(z.string()).min(1),
});

export interface OutsideSigner {
  /** 64 hex digits */
  readonly publicKey: string;
  /** @returns the signature, 128 hex digits. @throws WrongUsage where the program gives none */
  sign(bytes: Uint8Array): string;
}

/** Somebody may have to enter a PIN. */
const timeoutMs = 120_000;

/** @returns undefined where the text describes none */
export function readOutsideSigner(text: string): OutsideSigner | undefined {
  const parsed = schema.safeParse(tryJson(text));
  if (!parsed.success) return undefined;
  const { publicKey, command } = parsed.data;
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) },
  });
  return {
    publicKey,
    sign(bytes) {
      const signature = askProgram(command, bytes);
      if (verify(null, bytes, key, Buffer.from(signature, 'hex'))) return signature;
      throw new WrongUsage(`${command[0]} has signed with another key than ${publicKey}`);
    },
  };
}

/** The program gets the bytes on its standard input, and writes the signature in hex. */
function askProgram([program = '', ...words]: readonly string[], bytes: Uint8Array): string {
  const stdio = ['pipe', 'pipe', 'inherit'] as const;
  const ended = spawnSync(program, words, { input: bytes, stdio: [...stdio], timeout: timeoutMs });
  const signature = ended.stdout?.toString('latin1').trim() ?? '';
  if (ended.status === 0 && /^[0-9a-f]{128}$/i.test(signature)) return signature.toLowerCase();
  const why = ended.error ? messageOf(ended.error) : `exit ${ended.status ?? ended.signal}`;
  throw new WrongUsage(`${program} has not signed: ${why}`);
}

function base64url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
