/** An authority that makes certificates for brokers and who comes to them, by openssl; a folder of its own. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

const config = `[ca]
default_ca = here
[here]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

export function createAuthority(context: TestContext) {
  const dir = temporaryDirectory(context);
  const at = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const ca = ['ca', '-batch', '-config', 'ca.cnf'];
  writeFileSync(at('ca.cnf'), config);
  writeFileSync(at('index.txt'), '');
  writeFileSync(at('serial'), '01\n');
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2');
  const writeRevoked = () => openssl(...ca, '-gencrl', '-out', 'crl.pem');
  writeRevoked();
  return {
    dir,
    ca: at('ca.pem'),
    /** @param addresses of a server, such as `IP:127.0.0.1` @param dates YYYYMMDDHHMMSSZ, from and until when it is good */
    issue(
      name: string,
      commonName: string,
      addresses = ['IP:127.0.0.1'],
      dates: readonly string[] = [],
    ): Issued {
      const [cert, key] = [`${name}.pem`, `${name}.key`];
      const names = ['-addext', `subjectAltName=${addresses.join(',')}`];
      openssl(
        'req',
        '-utf8',
        ...newKey,
        '-keyout',
        key,
        '-out',
        'request',
        '-subj',
        `/CN=${commonName}`,
        ...names,
      );
      const [from, until] = dates;
      const good = from === undefined || until === undefined ? [] : ['-startdate', from, '-enddate', until];
      openssl(...ca, '-in', 'request', '-out', cert, '-notext', ...good);
      return { cert: at(cert), key: at(key) };
    },
    /** It is on the list of those that do not count any more. */
    revoke({ cert }: Issued): void {
      openssl(...ca, '-revoke', cert);
      writeRevoked();
    },
    copyTo(folder: string, ...names: readonly string[]): void {
      for (const name of names) copyFileSync(at(name), join(folder, name));
    },
  };
}
