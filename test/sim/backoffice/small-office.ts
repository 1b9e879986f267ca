/** A back office's data in a directory of its own, with people who own media, and a clock that tests set. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../../device/kit/log.ts';
import { openMediaOwners } from '../../../sim/backoffice/media-owners/media-owners.ts';
import { openStore, openVault, storePlaces } from '../../../sim/backoffice/store/sqlite-store.ts';
import type { Medium } from '../../../sim/backoffice/store/store.ts';
import type { Identity } from '../../../sim/backoffice/store/vault.ts';
import type { FleetKey } from '../../../sync/fleet-keys.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

export interface Owner extends Identity {
  readonly media: readonly Medium[];
}

export const card = (i: number): Medium => ({
  kind: 't-union',
  account: `31051${String(i).padStart(14, '0')}`,
});
export const rideCode = (i: number): Medium => ({ kind: 'ride-code', account: String(i).padStart(20, 'a') });

export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Each owns a card and a ride code. */
export function owner(i: number): Owner {
  return {
    name: `乘客${'甲乙丙丁戊己庚辛壬癸'[i % 10]}`,
    phone: `138${String(i).padStart(8, '0')}`,
    media: [card(i), rideCode(i)],
  };
}

export function tableOf(owners: readonly Owner[]): string {
  const lines = owners.flatMap(({ phone, name, media }) =>
    media.map(({ kind, account }) => `${phone},${name},${kind},${account}`),
  );
  return ['phone,name,medium,account', ...lines, ''].join('\n');
}

export const fleetKey: FleetKey = { id: 'fleet-1', key: Buffer.alloc(32, 7) };

/** @param owners are in the register */
export async function makeSmallOffice(
  context: TestContext,
  owners: readonly Owner[] = [],
  key: FleetKey = fleetKey,
) {
  const dir = join(temporaryDirectory(context), 'data');
  mkdirSync(dir);
  const places = storePlaces(dir);
  const vault = openVault(places);
  const store = openStore(places.office, vault, key);
  context.after(() => store.close());
  const mediaOwners = openMediaOwners(places.register, vault);
  context.after(() => mediaOwners.close());
  const table = (text: string): string => {
    const file = join(dir, `table-${randomBytes(4).toString('hex')}.csv`);
    writeFileSync(file, text);
    return file;
  };
  const importTable = (text: string) =>
    mediaOwners.importTable(table(text), 0, moved => store.people.release(moved, 0));
  if (owners.length > 0) await importTable(tableOf(owners));
  return { dir, places, vault, store, mediaOwners, table, importTable };
}

export type SmallOffice = Awaited<ReturnType<typeof makeSmallOffice>>;

/** @returns what it threw */
export async function thrownBy(run: () => unknown): Promise<Error> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
