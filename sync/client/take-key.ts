/** The key that a version is under: held already, or fetched as the feed has wrapped it for this device. */
import { UnknownKey } from '../cache/generation.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { indexCustom } from '../feed/index-file.ts';
import { checkOfKey, type FleetKey } from '../fleet-keys.ts';
import { type DeviceKey, fileNameOf, wrappedBytes } from '../keys/device-key.ts';
import { type KeyRing, keepWrapped } from '../keys/key-ring.ts';
import { type Http, HttpStatus } from './http.ts';

type Announced = Pick<ReturnType<typeof indexCustom.parse>, 'keyId' | 'keyCheck'>;

export interface KeyPlaces {
  readonly ring: KeyRing;
  /** The cache's. */
  readonly directory: string;
  /** The feed's address, without a slash at the end. */
  readonly url: string;
  readonly http: Http;
}

/**
 * @param inUse the key of the generation in use
 * @throws FeedError when there is none for this device; DeviceError as Http's; the file system's error
 */
export async function takeKey(
  { ring, directory, url, http }: KeyPlaces,
  { keyId, keyCheck }: Announced,
  inUse: string | undefined,
): Promise<FleetKey> {
  const isIt = (key: FleetKey) => key.id === keyId && checkOfKey(key) === keyCheck;
  const held = ring.held().find(isIt);
  if (held !== undefined) return held;
  const { device } = ring;
  if (device === undefined) throw refusalOf(ring, keyId);
  const wrapped = await fetchWrapped(device, `${url}/keys/${keyId}`, http);
  const key = await device.open(wrapped, keyId);
  // Anybody can wrap a key for a device. The signed metadata says which one is the feed's.
  if (!isIt(key)) throw new FeedError(`the key file of ${keyId} holds another key than announced`);
  keepWrapped(directory, keyId, wrapped, inUse);
  await ring.openNew();
  return key;
}

function refusalOf(ring: KeyRing, keyId: string): FeedError {
  const isThere = ring.held().some(({ id }) => id === keyId);
  return isThere ? new FeedError(`${keyId} as it is held here is not the feed's`) : new UnknownKey(keyId);
}

async function fetchWrapped(device: DeviceKey, url: string, http: Http): Promise<Buffer> {
  try {
    const fetched = await http.get(`${url}/${fileNameOf(device.publicKey)}`, wrappedBytes);
    if (fetched === 'unchanged') throw new FeedError('status 304 without being asked for it');
    return fetched.bytes;
  } catch (error) {
    const isMissing = error instanceof HttpStatus && [403, 404, 410].includes(error.status);
    if (isMissing) throw new FeedError(`${url}: no key for this device, it is not enrolled or was revoked`);
    throw error;
  }
}
