/** Certificates for tests, by the program openssl: what a proper authority issues, and what none would. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  readonly keyFile: string;
  readonly certificateFile: string;
  /** PEM */
  readonly key: string;
  readonly certificate: string;
}

export interface Request {
  /** Names the files. */
  readonly name: string;
  /** Left out, it signs itself. */
  readonly issuer?: Issued;
  /** Unix milliseconds */
  readonly from: number;
  readonly to: number;
  /** Lines of an extensions section of openssl's. */
  readonly extensions: readonly string[];
  /** The subject's common name; the name of the files unless given. */
  readonly commonName?: string;
  readonly rsaBits?: number;
  readonly digest?: string;
}

/** @param directory where keys and certificates are left */
export function issue(directory: string, request: Request): Issued {
  const { name, issuer, from, to, extensions, commonName = name, rsaBits, digest = 'sha256' } = request;
  const own = join(directory, name);
  mkdirSync(own);
  const file = (end: string) => join(own, end);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const algorithm = rsaBits === undefined ? 'EC' : 'RSA';
  const size = rsaBits === undefined ? 'ec_paramgen_curve:P-256' : `rsa_keygen_bits:${rsaBits}`;
  openssl('genpkey', '-algorithm', algorithm, '-pkeyopt', size, '-out', file('key.pem'));
  writeFileSync(
    file('ca.conf'),
    [
      '[ca]',
      'default_ca = own',
      '[own]',
      `new_certs_dir = ${own}`,
      `database = ${file('index.txt')}`,
      'rand_serial = yes',
      'policy = any',
      'unique_subject = no',
      '[any]',
      'commonName = supplied',
      '[req]',
      'distinguished_name = name',
      '[name]',
      '[wanted]',
      ...extensions,
      '',
    ].join('\n'),
  );
  writeFileSync(file('index.txt'), '');
  openssl(
    ...['req', '-new', '-config', file('ca.conf'), '-key', file('key.pem')],
    ...['-subj', `/CN=${commonName}`, '-out', file('request.pem')],
  );
  const signer =
    issuer === undefined
      ? ['-selfsign', '-keyfile', file('key.pem')]
      : ['-keyfile', issuer.keyFile, '-cert', issuer.certificateFile];
  openssl(
    ...['ca', '-batch', '-notext', '-config', file('ca.conf'), '-extensions', 'wanted', '-md', digest],
    ...['-startdate', dateText(from), '-enddate', dateText(to), ...signer],
    ...['-in', file('request.pem'), '-out', file('certificate.pem')],
  );
  return {
    keyFile: file('key.pem'),
    certificateFile: file('certificate.pem'),
    key: readFileSync(file('key.pem'), 'utf8'),
    certificate: readFileSync(file('certificate.pem'), 'utf8'),
  };
}

/** As ASN.1's GeneralizedTime. */
function dateText(at: number): string {
  return `${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')}`;
}
