/** The uplink, where the settings name a broker. */
import { createUplinkClient } from '../../sync/uplink/uplink-client.ts';
import type { Log } from '../kit/log.ts';
import type { Closer } from '../kit/process.ts';
import { type UplinkWatchParts, watchUplink } from '../uplink/uplink-watch.ts';
import type { Settings } from './settings.ts';
import type { Stores } from './stores.ts';

/** As long as a hello may say it. */
const mostVersion = 64;

export function openUplink(
  { config, uplink: files }: Settings,
  { feed, version, ...known }: Stores & Omit<UplinkWatchParts, 'log' | 'syncNow'>,
  log: Log,
  closers: Closer[],
) {
  if (config.uplink === undefined || files === undefined) return undefined;
  const settings = {
    ...files,
    broker: config.uplink,
    version: version.slice(0, mostVersion),
    mark: `${config.journal}-uplink`,
  };
  const uplink = watchUplink({ ...known, log, syncNow: () => feed?.syncNow() }, events =>
    createUplinkClient(settings, events),
  );
  closers.push(uplink.close);
  return uplink;
}
