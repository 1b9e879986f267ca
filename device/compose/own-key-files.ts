/** The files of the validator's own keys: made as the feed and the uplink want them, the device key in the machine's TPM if wanted. */
import { newPrivateKey, publicKeyOf } from '../../sync/keys/device-key.ts';
import { type GivenKeys, keysFileText, readKeysFile, tpmFileText } from '../../sync/keys/keys-file.ts';
import { newSeed } from '../../sync/uplink/ed25519.ts';
import { ownKeyText, readOwnKey } from '../../sync/uplink/uplink-keys.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import type { KeyFiles } from '../provisioning/own-keys.ts';

export interface OwnKeys {
  readonly device: string;
  readonly publicKey: Uint8Array;
  /** Raw X25519. @throws DeviceError config where the TPM does not give it */
  take(): Promise<Uint8Array>;
  readonly signingSeed: Uint8Array;
}

/** @param inTpm how a new device key is kept */
export function keyFiles(inTpm: boolean): KeyFiles<OwnKeys> {
  return {
    newDeviceKey: device => (inTpm ? sealedKeyText(device) : keysFileText(device, newPrivateKey())),
    newUplinkKey: device => ownKeyText(device, newSeed()),
    read({ deviceKey, uplinkKey }) {
      const given = readKeysFile(deviceKey);
      const { device, signingKey } = readOwnKey(uplinkKey);
      if (!('device' in given) || given.device !== device)
        throw new DeviceError(
          'config',
          'provisioning',
          `${deviceKey} and ${uplinkKey} are not of one device`,
        );
      return {
        device,
        publicKey: publicHalf(given),
        take: () => privateHalf(given),
        signingSeed: signingKey,
      };
    },
  };
}

type DeviceKeys = Exclude<GivenKeys, { fleetKeys: unknown }>;

function publicHalf(given: DeviceKeys): Uint8Array {
  return 'tpm' in given ? given.publicKey : publicKeyOf(given.privateKey);
}

async function privateHalf(given: DeviceKeys): Promise<Uint8Array> {
  return 'tpm' in given ? byTpm(({ unsealByTpm }) => unsealByTpm(given.tpm)) : given.privateKey;
}

async function sealedKeyText(device: string): Promise<string> {
  const privateKey = newPrivateKey();
  const sealed = await byTpm(({ sealInTpm }) => sealInTpm(privateKey));
  return tpmFileText(device, publicKeyOf(privateKey), sealed);
}

async function byTpm<T>(work: (tpm: typeof import('../../sync/keys/tpm.ts')) => Promise<T>): Promise<T> {
  try {
    return await work(await import('../../sync/keys/tpm.ts'));
  } catch (error) {
    throw new DeviceError('config', 'provisioning', messageOf(error), error);
  }
}
