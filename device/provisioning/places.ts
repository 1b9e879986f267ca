/**
 * Where a validator keeps what makes it this validator, in the directory of its state:
 *
 *     own-keys/           made here, never leave: device.json, uplink.json
 *     identity -> identity-7-3f2a90bc    what the back office has issued last, whole: settings.yaml and what it names
 *     authority.json      whom to obey at the first bundle, where an image was made with it
 *
 * The settings name the journal and the link cache beside them, ../journal.sqlite and ../links, which stay.
 */
import { join, resolve } from 'node:path';

export const usualStateDirectory = '/var/lib/fare-validator';

export interface ProvisioningPlaces {
  readonly state: string;
  readonly ownKeys: string;
  readonly deviceKey: string;
  readonly uplinkKey: string;
  /** A symbolic link. */
  readonly identity: string;
  readonly settings: string;
  readonly record: string;
  readonly anchor: string;
}

export function provisioningPlaces(into: string): ProvisioningPlaces {
  const state = resolve(into);
  const at = (...names: string[]) => join(state, ...names);
  return {
    state,
    ownKeys: at('own-keys'),
    deviceKey: at('own-keys', 'device.json'),
    uplinkKey: at('own-keys', 'uplink.json'),
    identity: at('identity'),
    settings: at('identity', 'settings.yaml'),
    record: at('identity', recordFile),
    anchor: at('authority.json'),
  };
}

/** Which bundle it was: written by who installs it. */
export const recordFile = 'bundle.json';
/** What a settings file in `identity` has to say of the files outside it. */
export const outside = {
  journal: '../journal.sqlite',
  cache: '../links',
  deviceKey: '../own-keys/device.json',
  uplinkKey: '../own-keys/uplink.json',
} as const;
