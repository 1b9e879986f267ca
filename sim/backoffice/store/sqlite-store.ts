/** The store in one SQLite file: enough for a city on one machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { DeviceError } from '../../../device/errors.ts';
import { tokenNumber } from '../../../sync/feed/links.ts';
import { type FleetKey, tokenOf } from '../../../sync/fleet-keys.ts';
import { createAuditLog } from './audit-log.ts';
import { createChangeJournal } from './change-journal.ts';
import { importSeniors, type SeniorsReport } from './import-seniors.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { TokenOf } from './person-rows.ts';
import { readPersonalKeys } from './personal-key.ts';
import { createRegistrar } from './registrar.ts';
import { renewTokens } from './renew-tokens.ts';
import { createRetention } from './retention.ts';
import { officeSchema } from './schema.ts';
import { createCodeStore } from './sqlite-codes.ts';
import { openDatabase } from './sqlite-file.ts';
import { createHealthStore } from './sqlite-health.ts';
import { createPeopleStore } from './sqlite-people.ts';
import type { Store } from './store.ts';
import { createVault, type Vault } from './vault.ts';
import { createWriter } from './writer.ts';

export interface StorePlaces {
  /** The upgrade service's own data. */
  readonly office: string;
  /** Who owns which card and code, as the bus group's customer service says. */
  readonly register: string;
  /** Outside the databases: a copy of those gives nobody away. */
  readonly key: string;
}

export function storePlaces(dir: string): StorePlaces {
  return {
    office: join(dir, 'office.sqlite'),
    register: join(dir, 'register.sqlite'),
    key: join(dir, 'keys', 'personal-data.key'),
  };
}

/** @throws WrongUsage for a key that is missing or cannot be used */
export function openVault({ office, register, key }: StorePlaces): Vault {
  return createVault(readPersonalKeys(key, !existsSync(office) && !existsSync(register)));
}

export interface SqliteStore extends Store {
  /** Not while the store has anything else to write. See `import-seniors.ts`. */
  importSeniors(file: string, how: { now: number; isDryRun: boolean }): Promise<SeniorsReport>;
}

/**
 * @param fleetKey the newest one: links are kept by their tokens under it
 * @throws DeviceError storage
 */
export function openStore(path: string, vault: Vault, fleetKey: FleetKey): SqliteStore {
  const db = openDatabase(path, officeSchema);
  try {
    checkVault(db, vault);
    const signedToken: TokenOf = ({ kind, account }) =>
      BigInt.asIntN(64, tokenNumber(tokenOf(fleetKey, kind, account)));
    renewTokens(db, vault, fleetKey.id, signedToken);
    return createStore(db, vault, signedToken);
  } catch (error) {
    db.close();
    throw error;
  }
}

function createStore(db: Database.Database, vault: Vault, tokenOf: TokenOf): SqliteStore {
  const writer = createWriter(db);
  const audit = createAuditLog(db);
  const journal = createChangeJournal(db);
  const registrar = createRegistrar({ db, vault, audit, journal, tokenOf });
  return {
    codes: createCodeStore(db, vault, writer, audit),
    people: createPeopleStore(db, vault, writer, registrar),
    health: createHealthStore(db, vault, writer, journal),
    tidy: createRetention(db, writer, audit),
    async importSeniors(file, how) {
      const report = await importSeniors({ db, vault, registrar }, file, how);
      // A commit that was not the writer's: on the disk with its next one.
      await writer.write(() => undefined);
      return report;
    },
    async close() {
      await writer.close();
      db.close();
    },
  };
}

/** Under another key nobody would be found, and everybody could register twice. */
export function checkVault(db: Database.Database, vault: Vault): void {
  const made = readMeta(db, 'vault');
  if (made === undefined) writeMeta(db, 'vault', vault.fingerprint);
  else if (!Buffer.isBuffer(made) || !vault.fingerprint.equals(made))
    throw new DeviceError('storage', 'store', 'was made under another key for personal data');
}
