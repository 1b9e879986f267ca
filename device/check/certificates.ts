/** The uplink's certificates: whether they can be read, belong together, and are good now. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { readPlainFile } from '../kit/input-file.ts';
import type { UplinkSettings } from '../settings/config.ts';
import type { Findings } from './findings.ts';

const maxBytes = 256 << 10;
const dayMs = 86_400_000;
const soonDays = 30;

/**
 * @param commonName of this validator's certificate, as brokers check it
 * @param now Unix milliseconds, by the system's clock
 */
export function checkCertificates(
  { ca, cert, key }: UplinkSettings,
  commonName: string,
  now: number,
  findings: Findings,
): void {
  const authority = ca === undefined ? undefined : findings.attempt(() => readCertificate(ca));
  if (ca !== undefined && authority !== undefined) checkDates(ca, authority, now, findings);
  if (cert === undefined || key === undefined) return;
  const own = findings.attempt(() => readCertificate(cert));
  const privateKey = findings.attempt(() => readKey(key));
  if (own === undefined) return;
  checkDates(cert, own, now, findings);
  if (privateKey !== undefined && !own.checkPrivateKey(privateKey))
    findings.problem(`${key} is not the key of ${cert}`, cert);
  const [, name] = /^CN=(.*)$/m.exec(own.subject) ?? [];
  if (name !== commonName)
    findings.problem(
      `it is the certificate of ${name ?? 'nobody'}; the broker knows this validator as ${commonName}`,
      cert,
    );
}

function readCertificate(path: string): X509Certificate {
  return read(path, 'no certificate in PEM', bytes => new X509Certificate(bytes));
}

function readKey(path: string) {
  return read(path, 'no private key in PEM', bytes => createPrivateKey(bytes));
}

/** Never with anything of what the file holds. */
function read<T>(path: string, otherwise: string, parse: (bytes: Buffer) => T): T {
  let bytes: Buffer;
  try {
    bytes = readPlainFile(path, maxBytes);
  } catch (error) {
    throw new DeviceError('config', 'uplink', `${path}: ${messageOf(error)}`);
  }
  try {
    return parse(bytes);
  } catch {
    throw new DeviceError('config', 'uplink', `${path}: ${otherwise}`);
  }
}

function checkDates(path: string, { validFrom, validTo }: X509Certificate, now: number, findings: Findings) {
  const clock = `by the system's clock, ${new Date(now).toISOString()}`;
  if (Date.parse(validTo) < now) findings.problem(`expired on ${validTo}, ${clock}`, path);
  else if (Date.parse(validFrom) > now) findings.problem(`not valid before ${validFrom}, ${clock}`, path);
  else if (Date.parse(validTo) < now + soonDays * dayMs) findings.warning(`expires on ${validTo}`, path);
}
