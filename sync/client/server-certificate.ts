/**
 * Whether a server's certificate is good at the time that the validator believes.
 *
 * Node, that is OpenSSL inside of it, judges by the system's clock, and of several faults of a chain it tells only the last:
 * behind a date that is wrong there may be an issuer that nobody knows. So where only a date speaks against a chain, and the
 * believed time is another one than the system's, the program openssl verifies all of it once more, at the believed time.
 */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { isoTime } from '../../device/core/iso-time.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { verifyChainAt } from './verify-chain.ts';

export interface Judging {
  readonly device: string;
  readonly host: string;
  /** The believed time in Unix milliseconds. */
  readonly now: number;
}

const ofTime = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];
/** Where the clocks differ by less, Node's word stands. */
const sameTimeMs = 60_000;

/**
 * @param socket after its handshake, whose verdict is in `authorized` and `authorizationError`
 * @throws DeviceError protocol
 */
export async function judgeCertificate(socket: TLSSocket, judging: Judging): Promise<void> {
  const { device, host, now } = judging;
  const refuse = (why: string) => new DeviceError('protocol', device, `the certificate of ${host} ${why}`);
  const certificate = socket.getPeerCertificate(true);
  const chain = chainOf(certificate);
  const [leaf] = chain;
  if (leaf === undefined) throw refuse('is missing');
  if (!socket.authorized) {
    // Where a date is wrong, Node has not looked at the name.
    const wrongName = checkServerIdentity(host, certificate);
    if (wrongName !== undefined) throw refuse(`is not to be trusted: ${wrongName.message}`);
    const code = String(socket.authorizationError);
    if (!ofTime.includes(code)) throw refuse(`is not to be trusted: ${code}`);
  }
  const outOfDate = datesAgainst(leaf, now);
  if (outOfDate !== undefined) throw refuse(outOfDate);
  if (socket.authorized) return;
  if (Math.abs(now - Date.now()) < sameTimeMs)
    throw refuse('has an issuer whose own certificate is out of date');
  const wrong = await verifyChainAt(chain, now);
  if (wrong !== undefined) throw refuse(`is not to be trusted: ${wrong}`);
}

function datesAgainst({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  const clock = `the clock says ${isoTime(now)}`;
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  if (now < from)
    return `is not yet valid: it is good from ${isoTime(from)} on, and ${clock}: the clock is wrong`;
  if (!(now <= to)) return `has expired: it was good until ${isoTime(to)}, and ${clock}`;
  return undefined;
}

/**
 * The server's own certificate first. By `getPeerCertificate`, because Node's `getPeerX509Certificate` takes the chain away
 * with it: whoever asks again is told that there is none.
 */
function chainOf(certificate: DetailedPeerCertificate): X509Certificate[] {
  const seen = new Set<string>();
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}
