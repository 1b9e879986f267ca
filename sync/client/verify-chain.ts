/**
 * Verifies a chain of certificates at another time than now, by the program openssl: Node has no way to tell its own OpenSSL
 * the time. Everything else is as in Node: whom it trusts, what a server's certificate may be used for, how strong keys must be.
 */
import { execFile } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { messageOf } from '../../device/kit/errors.ts';

const limitMs = 10_000;

/**
 * @param chain as the server sent it, its own certificate first
 * @param at Unix milliseconds
 * @returns what is wrong
 */
export async function verifyChainAt(
  chain: readonly X509Certificate[],
  at: number,
): Promise<string | undefined> {
  // Whom Node trusts then is not known here.
  if (trustsSystem()) return 'its dates cannot be judged by the believed clock under --use-openssl-ca';
  const directory = mkdtempSync(join(tmpdir(), 'server-certificate-'));
  const write = (name: string, certificates: readonly string[]) => {
    const file = join(directory, name);
    writeFileSync(file, certificates.join('\n'));
    return file;
  };
  try {
    const [leaf = '', ...issuers] = chain.map(String);
    return await runOpenssl([
      'verify',
      ...['-attime', String(Math.floor(at / 1000))],
      ...['-purpose', 'sslserver', '-auth_level', '2'],
      // Nothing that the machine trusts and Node does not.
      ...['-no-CApath', '-no-CAstore', '-CAfile', write('trusted.pem', trusted())],
      ...(issuers.length > 0 ? ['-untrusted', write('issuers.pem', issuers)] : []),
      write('server.pem', [leaf]),
    ]);
  } catch (error) {
    return `its dates cannot be judged by the believed clock: ${messageOf(error)}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As Node itself does, once, at its start. */
function trusted(): string[] {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  return extra === undefined ? [...rootCertificates] : [...rootCertificates, readFileSync(extra, 'utf8')];
}

function trustsSystem(): boolean {
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return options.some(option => /^--use[-_]openssl[-_]ca$/.test(option));
}

/** @returns the first line of what it finds wrong */
function runOpenssl(args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: process.env.PATH };
  return new Promise((resolve, reject) => {
    execFile('openssl', args, { env, timeout: limitMs }, (error, stdout, stderr) => {
      if (error === null) return resolve(undefined);
      if (error.code === 'ENOENT')
        return reject(new Error('openssl is missing: install the package openssl'));
      const [, why] = /^error (?:\d+ at )?(.*)$/m.exec(`${stdout}${stderr}`) ?? [];
      resolve(why ?? messageOf(error));
    });
  });
}
