/** What a broker's refusals mean, as faults: the codes of MQTT 3.1.1 and 5, of OpenSSL and of Node. */
import { X509Certificate } from 'node:crypto';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';

/** OpenSSL's and Node's codes: no network is away. */
const ofCertificates = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;
const takenOver = 142;
/** MQTT 5: it goes, or has too much to do, and that passes: unavailable, busy, shutting down, another server, its rates and times. */
const passing: readonly number[] = [3, 136, 137, 139, 150, 152, 156, 157, 159, 160];
/** MQTT 3.1.1 and 5: not this version of the protocol. */
const otherVersion: readonly unknown[] = [1, 132];

/** @param why what mqtt.js has said last; undefined for nothing. @param cert our own certificate, PEM */
export function goneBecause(why: unknown, cert: Buffer | undefined): DeviceError {
  const { code, reason = messageOf(why) } = Object(why);
  if (code === takenOver)
    return fault(
      'protocol',
      'another has connected under this name, and the broker has ended our connection',
      why,
    );
  if (typeof code === 'number')
    return fault(
      passing.includes(code) ? 'disconnected' : 'protocol',
      `the broker refuses us: ${messageOf(why)}`,
      why,
    );
  if (ofCertificates.test(String(code)))
    return fault('protocol', `the broker’s certificate or ours: ${reason}${ours(cert)}`, why);
  const text = why === undefined ? 'the broker has closed the connection' : messageOf(why);
  return fault('disconnected', text || String(code), why);
}

/** What we have said was not taken. */
export function notTaken(error: unknown): DeviceError {
  const isRefused = typeof Object(error).code === 'number';
  const words = isRefused ? `the broker does not take what we say: ${messageOf(error)}` : messageOf(error);
  return fault(isRefused ? 'protocol' : 'disconnected', words, error);
}

/** Whether a broker may be one that knows MQTT 3.1.1 alone: some say so, some only close the connection. */
export function mayBeOlder({ kind, cause }: DeviceError): boolean {
  return (kind === 'disconnected' && cause === undefined) || otherVersion.includes(Object(cause).code);
}

function fault(kind: 'protocol' | 'disconnected', words: string, cause: unknown): DeviceError {
  return new DeviceError(kind, 'uplink', words, cause);
}

/** Whoever runs the broker looks for a certificate by its name; that it has ended is the usual reason. */
function ours(cert: Buffer | undefined): string {
  if (cert === undefined) return '';
  try {
    const { subject, validTo } = new X509Certificate(cert);
    return ` (ours: ${subject.replaceAll('\n', ', ')}, until ${new Date(validTo).toISOString()})`;
  } catch {
    return '';
  }
}
