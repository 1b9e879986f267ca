/**
 * Seals a secret in the machine's TPM 2.0, by tpm2-tools: what is sealed opens on this machine alone. Which TPM that is, the
 * environment says (`TPM2TOOLS_TCTI`); the kernel's own unless told otherwise.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../device/kit/errors.ts';
import { FeedError } from '../feed/feed-error.ts';

/** What `tpm2_create` makes; the private part is encrypted by the TPM. */
export interface TpmSealed {
  readonly public: Uint8Array;
  readonly private: Uint8Array;
}

/** A TPM that does not answer is no TPM. */
const timeoutMs = 20_000;

/** @throws FeedError when the TPM does not */
export function sealInTpm(secret: Uint8Array): Promise<TpmSealed> {
  return inTpm(async folder => {
    const [pub, priv] = [join(folder, 'sealed.pub'), join(folder, 'sealed.priv')];
    await tool(
      'tpm2_create',
      ['-Q', '-C', await primaryIn(folder), '-i', '-', '-u', pub, '-r', priv],
      secret,
    );
    return { public: await readFile(pub), private: await readFile(priv) };
  });
}

/** @throws FeedError when the TPM does not, for instance because another one has sealed it */
export function unsealByTpm({ public: pub, private: priv }: TpmSealed): Promise<Buffer> {
  return inTpm(async folder => {
    const [pubFile, privFile] = [join(folder, 'sealed.pub'), join(folder, 'sealed.priv')];
    const sealed = join(folder, 'sealed.ctx');
    await Promise.all([writeFile(pubFile, pub), writeFile(privFile, priv)]);
    const primary = await primaryIn(folder);
    await tool('tpm2_load', ['-Q', '-C', primary, '-u', pubFile, '-r', privFile, '-c', sealed]);
    await flush();
    return tool('tpm2_unseal', ['-Q', '-c', sealed]);
  });
}

/** The storage key that the TPM makes of its own seed, the same each time. */
async function primaryIn(folder: string): Promise<string> {
  const primary = join(folder, 'primary.ctx');
  await tool('tpm2_createprimary', ['-Q', '-C', 'o', '-g', 'sha256', '-G', 'ecc', '-c', primary]);
  await flush();
  return primary;
}

/** Where no resource manager stands in between, the TPM keeps what was loaded, and has room for three. */
async function flush(): Promise<void> {
  await tool('tpm2_flushcontext', ['-Q', '-t']);
}

/** @param work what it writes in the folder says nothing without the TPM */
async function inTpm<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'validator-tpm-'));
  try {
    return await work(folder);
  } catch (error) {
    throw new FeedError(`the TPM: ${messageOf(error)}`);
  } finally {
    await flush().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A secret goes in and out by pipes. */
function tool(name: string, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { signal: AbortSignal.timeout(timeoutMs), stdio: 'pipe' });
    const out: Buffer[] = [];
    let problems = '';
    child.stdout.on('data', (part: Buffer) => void out.push(part));
    child.stderr.on('data', (part: Buffer) => {
      problems = (problems + part).slice(-500);
    });
    child.on('error', reject);
    child.stdin.on('error', () => undefined).end(input);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out));
      else
        reject(
          new Error(`${name} ended with ${code ?? signal}: ${problems.trim().split('\n').at(-1) ?? ''}`),
        );
    });
  });
}
