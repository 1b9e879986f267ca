/** `journal unacknowledged`, composed: the journal, and what the uplink has noted beside it. */
import { openMark } from '../../sync/uplink/mark.ts';
import { countUnacknowledged, type Unacknowledged } from '../journal/unacknowledged.ts';
import { readConfig } from '../settings/config.ts';

/** @throws DeviceError config, naming the file */
export async function unacknowledged(configFile: string): Promise<Unacknowledged> {
  const { journal } = readConfig(configFile);
  return countUnacknowledged(journal, device => openMark(`${journal}-uplink`, device));
}
