/** Everything a back office keeps under its directory, opened. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../device/errors.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { ensureFeed } from './feed-directory.ts';
import type { Register } from './register/register.ts';
import { openRegister } from './register/sqlite-register.ts';
import { openStore, openVault, type SqliteStore, storePlaces } from './store/sqlite-store.ts';

export interface OfficeData {
  /** Paths. */
  readonly feed: string;
  readonly office: string;
  readonly store: SqliteStore;
  readonly register: Register;
  close(): Promise<void>;
}

/** Where it keeps its data, for its owner alone. @throws WrongUsage */
export function ensureOfficeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new WrongUsage(messageOf(error));
  }
}

/** @throws WrongUsage, DeviceError storage */
export function openOfficeData(directory: string, keyFile?: string): OfficeData {
  ensureOfficeDirectory(directory);
  const usual = storePlaces(directory);
  const places = { ...usual, key: keyFile ?? usual.key };
  const feed = join(directory, 'feed');
  const vault = openVault(places);
  const fleetKey = ensureFeed(feed, Date.now());
  const store = openStore(places.office, vault, fleetKey);
  const register = openRegister(places.register, vault);
  return {
    feed,
    office: places.office,
    store,
    register,
    async close() {
      register.close();
      await store.close();
    },
  };
}
