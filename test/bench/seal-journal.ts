/** Has a validator of the bench seal its journal, as one on a bus does: for a back office that nobody asks here. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newPrivateKey, publicKeyOf } from '../../sync/keys/device-key.ts';
import { newSeed, publicHalfOf } from '../../sync/uplink/ed25519.ts';
import { officeKeysText } from '../../sync/uplink/uplink-keys.ts';
import { changeSettings } from '../device/firmware/stand.ts';

/** @param configFile of a validator without an uplink */
export function sealJournal(configFile: string): void {
  const journalSeal = join(dirname(configFile), 'office.json');
  const keys = { sealingKey: publicKeyOf(newPrivateKey()), signingKey: publicHalfOf(newSeed()) };
  writeFileSync(journalSeal, officeKeysText(keys));
  changeSettings(configFile, { journalSeal });
}
