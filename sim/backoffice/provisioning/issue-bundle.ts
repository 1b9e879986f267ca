/** Issues a validator's bundle: enrols it with the feed and the uplink, and seals for it all that it needs to work. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isoTime } from '../../../device/core/iso-time.ts';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, Refused, WrongUsage } from '../../../device/kit/errors.ts';
import { readInput, readInputText } from '../../../device/kit/input-file.ts';
import { readTrustFile } from '../../../device/settings/trust-file.ts';
import { maxBundleBytes, sealBundle } from '../../../sync/bundle/bundle.ts';
import type { BundleContent, BundleFile } from '../../../sync/bundle/content.ts';
import { isFingerprint } from '../../../sync/bundle/fingerprint.ts';
import { type BundleRequest, maxRequestBytes, readRequest } from '../../../sync/bundle/request.ts';
import { deliverKeys } from '../../../sync/publisher/epochs/deliver-keys.ts';
import { addDevices, readDevices } from '../../../sync/publisher/epochs/devices.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { levelOf } from '../../../sync/uplink/topics.ts';
import { officeFeed, requireOffice } from '../office-data.ts';
import { enrol, readEnrolled } from '../uplink/enrolled.ts';
import { openUplinkKeys, uplinkPlaces } from '../uplink/office-keys.ts';
import { openAuthority } from './authority.ts';
import { issuedSettings } from './issued-settings.ts';
import { busKeyOf, nextNumber } from './remembered.ts';

export interface BundleOptions {
  /** As the technician has read it out. */
  readonly fingerprint: string;
  /** The file to make. */
  readonly out: string;
  /** Root authorities of ride codes. */
  readonly trust: string;
  /** Where validators find the feed; without, somebody else fills their caches. */
  readonly feed?: string;
  /** Where they find the broker; without, rows stay in their journals. */
  readonly broker?: readonly string[];
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** What is attached to it, and its line; as the request has it unless given. */
  readonly settings?: string;
  readonly policy?: string;
}

const maxPemBytes = 256 << 10;

/** @param dir the back office's data. @throws Refused, WrongUsage, FileProblems: then nobody is enrolled and no file made */
export async function issueBundle(dir: string, requestFile: string, options: BundleOptions): Promise<object> {
  requireOffice(dir);
  const { out } = options;
  if (existsSync(out)) throw new WrongUsage(`${out} is there already`);
  const request = readRequest(readInput(requestFile, maxRequestBytes));
  if (!isFingerprint(options.fingerprint, request.fingerprint))
    throw new Refused(
      'the fingerprint that was read out is not that of this request: it may have been changed on the way',
    );
  const authority = openAuthority(dir);
  const files = collect(dir, request, requestFile, options);
  const { device } = request;
  refuseOthers(dir, request);
  const publicKey = Buffer.from(request.publicKey, 'hex');
  const content: BundleContent = { device, issuedAt: isoTime(Date.now()), files };
  // Once for nothing: what cannot be sealed is told before anybody is enrolled.
  await sealBundle(content, { authoritySeed: authority.seed, publicKey, number: 1 });
  await enrolBoth(dir, request);
  const number = nextNumber(dir, device);
  const bundle = await sealBundle(content, { authoritySeed: authority.seed, publicKey, number });
  orWrongUsage(() => writeDurably(out, bundle, 0o600));
  return { bundle: out, device, number, authority: authority.fingerprint, files: Object.keys(files).sort() };
}

/** All that is in it, checked as the validator will. */
function collect(
  dir: string,
  { device, settings }: BundleRequest,
  requestFile: string,
  options: BundleOptions,
): Partial<Record<BundleFile, string>> {
  const { trust, feed, broker = [], ca, cert, key, policy } = options;
  if ((cert === undefined) !== (key === undefined)) throw new WrongUsage('--cert and --key belong together');
  const text = options.settings === undefined ? settings : readInputText(options.settings, maxBundleBytes);
  if (text === undefined)
    throw new Refused('the request has no settings (init makes them): give the validator some by --settings');
  readTrustFile(trust);
  openUplinkKeys(dir);
  const pem = (path: string | undefined) =>
    path === undefined ? undefined : readInputText(path, maxPemBytes);
  const certificate = cert === undefined || key === undefined ? undefined : certificateOf(device, cert, key);
  const issued = issuedSettings(text, options.settings ?? `${requestFile}: settings`, {
    ...{ device, feedUrl: feed, brokers: broker },
    hasAuthority: ca !== undefined,
    hasCertificate: certificate !== undefined,
    hasPolicy: policy !== undefined,
  });
  const { busLink, bus } = issued.config;
  const files = {
    'settings.yaml': issued.text,
    'trust.json': readInputText(trust, maxBundleBytes),
    'root.json':
      feed === undefined ? undefined : readFileSync(feedPlaces(officeFeed(dir)).initialRoot, 'utf8'),
    'office.json': readFileSync(uplinkPlaces(dir).office, 'utf8'),
    'broker-ca.pem': pem(ca),
    'client.pem': certificate?.cert,
    'client-key.pem': certificate?.key,
    'bus-key.json': busLink && bus && `${JSON.stringify({ busKey: busKeyOf(dir, bus) })}\n`,
    'policy.yaml': policy === undefined ? undefined : readInputText(policy, maxBundleBytes),
  } satisfies Record<BundleFile, string | undefined>;
  return Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined));
}

/** @throws Refused for one that the broker would not take for this validator's */
function certificateOf(device: string, certFile: string, keyFile: string): { cert: string; key: string } {
  const [cert, key] = [readInputText(certFile, maxPemBytes), readInputText(keyFile, maxPemBytes)];
  const parsed = pemOf(certFile, 'certificate', () => new X509Certificate(cert));
  const privateKey = pemOf(keyFile, 'private key', () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(privateKey)) throw new Refused(`${keyFile} is not the key of ${certFile}`);
  const [, name] = /^CN=(.*)$/m.exec(parsed.subject) ?? [];
  if (name !== levelOf(device))
    throw new Refused(
      `${certFile} is the certificate of ${name ?? 'nobody'}: this validator is ${levelOf(device)}`,
    );
  if (Date.parse(parsed.validTo) < Date.now()) throw new Refused(`${certFile} expired on ${parsed.validTo}`);
  return { cert, key };
}

function pemOf<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Refused(`${file}: no ${what} in PEM`);
  }
}

/** Whoever was revoked stays so, and no name changes hands by a request. */
function refuseOthers(dir: string, { device, publicKey, signingKey }: BundleRequest): void {
  const [fed, enrolled] = [
    readDevices(officeFeed(dir)).find(each => each.id === device),
    readEnrolled(dir).find(each => each.id === device),
  ];
  const isOther =
    (fed !== undefined && fed.publicKey !== publicKey) ||
    (enrolled !== undefined && enrolled.signingKey !== signingKey);
  if (isOther)
    throw new Refused(
      `${device} is enrolled with other keys: revoke them, and give this validator another name`,
    );
  if (fed?.revokedAt !== undefined || enrolled?.revokedAt !== undefined)
    throw new Refused(`${device} was revoked: give this validator another name`);
  if (enrolled?.stolenAt !== undefined) throw new Refused(`${device} was reported stolen`);
}

async function enrolBoth(dir: string, { device: id, publicKey, signingKey }: BundleRequest): Promise<void> {
  const feed = officeFeed(dir);
  if (!readDevices(feed).some(each => each.id === id)) addDevices(feed, [{ id, publicKey }], Date.now());
  if (!readEnrolled(dir).some(each => each.id === id)) enrol(dir, id, signingKey, Date.now());
  await deliverKeys(feed);
}
