/**
 * Whether a server's certificate is good at the time that the validator believes, or at another that one of its sources tells:
 * where they contradict each other, what the feed brings is the witness that decides, and must be able to come.
 *
 * Node, that is OpenSSL inside of it, judges by the system's clock, and of several faults of a chain it tells only the last:
 * behind a date that is wrong there may be an issuer that nobody knows. So where only a date speaks against a chain, and it
 * would be good at another time than the system's, the program openssl verifies all of it once more, at that time.
 */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { isoTime } from '../../device/core/iso-time.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { verifyChainAt } from './verify-chain.ts';

export interface Judging {
  readonly device: string;
  readonly host: string;
  /** Unix milliseconds: the believed time, then others that are told. */
  readonly times: readonly [number, ...number[]];
}

const ofTime = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];
/** Where the clocks differ by less, Node's word stands. */
const sameTimeMs = 60_000;

/**
 * @param socket after its handshake, whose verdict is in `authorized` and `authorizationError`
 * @throws DeviceError protocol
 */
export async function judgeCertificate(socket: TLSSocket, judging: Judging): Promise<void> {
  const { device, host, times } = judging;
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
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const good = times.filter(time => from <= time && time <= to);
  if (good.length === 0) throw refuse(datesAgainst(from, to, times));
  if (socket.authorized) return;
  const others = good.filter(time => isOther(time, Date.now()));
  let wrong: string | undefined;
  for (const time of others) {
    wrong = await verifyChainAt(chain, time);
    if (wrong === undefined) return;
  }
  throw refuse(
    wrong === undefined
      ? 'has an issuer whose own certificate is out of date'
      : `is not to be trusted: ${wrong}`,
  );
}

function datesAgainst(from: number, to: number, [believed, ...told]: Judging['times']): string {
  const others = told.filter((time, i) =>
    [believed, ...told.slice(0, i)].every(before => isOther(time, before)),
  );
  const besides = others.length === 0 ? '' : `, other sources ${others.map(isoTime).join(' and ')}`;
  const clock = `the clock says ${isoTime(believed)}${besides}`;
  return believed < from
    ? `is not yet valid: it is good from ${isoTime(from)} on, and ${clock}: the clock is wrong`
    : `has expired: it was good until ${isoTime(to)}, and ${clock}: one of the two is wrong`;
}

function isOther(time: number, before: number): boolean {
  return Math.abs(time - before) >= sameTimeMs;
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
