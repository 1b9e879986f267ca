/** All that the settings name, read and checked; its own file, for every part of the composition has its type. */
import { readKeysFile } from '../../sync/keys/keys-file.ts';
import { type OfficeKeys, readOfficeKeys, readUplinkFiles } from '../../sync/uplink/uplink-keys.ts';
import { readSettings } from '../settings/settings.ts';

type Uplink = ReturnType<typeof readUplinkFiles>;
export type Settings = ReturnType<typeof readSettings<ReturnType<typeof readKeysFile>, Uplink, OfficeKeys>>;

export function readAllSettings(file: string): Settings {
  return readSettings(file, readKeysFile, readUplinkFiles, readOfficeKeys);
}
