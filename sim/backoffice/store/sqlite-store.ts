/** The store in one SQLite file, which is enough for a city on one machine. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { DeviceError } from '../../../device/kit/errors.ts';
import { tokenNumber } from '../../../sync/feed/links.ts';
import { type FleetKey, tokenOf } from '../../../sync/fleet-keys.ts';
import { createAuditLog } from './audit-log.ts';
import { importSeniors, type SeniorsOptions, type SeniorsReport } from './import-seniors.ts';
import type { TokenOf } from './person-changes.ts';
import { createPersonChanges } from './person-changes.ts';
import { readPersonalKeys } from './personal-key.ts';
import { renewTokens } from './renew-tokens.ts';
import { createRetention } from './retention.ts';
import { officeSchema, readMeta, writeMeta } from './schema.ts';
import { createCodeStore } from './sqlite-codes.ts';
import { openDatabase } from './sqlite-file.ts';
import { createHealthStore } from './sqlite-health.ts';
import { createPeopleStore } from './sqlite-people.ts';
import { createUnpublished } from './sqlite-publish-queue.ts';
import type { Store } from './store.ts';
import { createVault, type Vault } from './vault.ts';
import { createWriter } from './writer.ts';

export interface StorePlaces {
  /** The upgrade service's own data. */
  readonly office: string;
  /** Who owns which card and code, from the bus group's customer service. */
  readonly register: string;
  /** Outside the databases, so that a copy of them gives nobody away. */
  readonly key: string;
}

export function storePlaces(dir: string): StorePlaces {
  return {
    office: join(dir, 'office.sqlite'),
    register: join(dir, 'register.sqlite'),
    key: personalKeyPlace(dir),
  };
}

/** Beside the directory, so that a copy of the directory cannot be read; up to version 0.2 it lay inside. */
function personalKeyPlace(dir: string): string {
  const former = join(dir, 'keys', 'personal-data.key');
  return existsSync(former) ? former : join(`${resolve(dir)}-keys`, 'personal-data.key');
}

/** @throws WrongUsage for a key that is missing or cannot be used */
export function openVault({ office, register, key }: StorePlaces): Vault {
  return createVault(readPersonalKeys(key, !existsSync(office) && !existsSync(register)));
}

export interface SqliteStore extends Store {
  /** Only while the store writes nothing else. See `import-seniors.ts`. */
  importSeniors(file: string, how: SeniorsOptions): Promise<SeniorsReport>;
  /** Gives every link its token under this key, where that is another one than before. */
  useKey(fleetKey: FleetKey): Promise<void>;
}

/**
 * @param fleetKey of the feed's newest epoch: links are stored by their tokens under it
 * @throws DeviceError storage
 */
export function openStore(path: string, vault: Vault, fleetKey: FleetKey): SqliteStore {
  const db = openDatabase(path, officeSchema);
  try {
    checkVault(db, vault);
    let inUse = signedTokenUnder(fleetKey);
    for (const _ of renewTokens(db, vault, fleetKey.id, inUse)) {
      // Nobody is waiting yet.
    }
    return {
      ...createStore(db, vault, medium => inUse(medium)),
      async useKey(next) {
        const under = signedTokenUnder(next);
        for (const _ of renewTokens(db, vault, next.id, under)) await nextTurn();
        inUse = under;
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function signedTokenUnder(key: FleetKey): TokenOf {
  return ({ kind, account }) => BigInt.asIntN(64, tokenNumber(tokenOf(key, kind, account)));
}

function createStore(db: Database.Database, vault: Vault, tokenOf: TokenOf): Omit<SqliteStore, 'useKey'> {
  const writer = createWriter(db);
  const audit = createAuditLog(db);
  const unpublished = createUnpublished(db);
  const changes = createPersonChanges({ db, vault, audit, unpublished, tokenOf });
  return {
    codes: createCodeStore(db, vault, writer, audit),
    people: createPeopleStore(db, vault, writer, changes),
    health: createHealthStore(db, vault, writer, unpublished),
    tidy: createRetention(db, writer, audit),
    async importSeniors(file, how) {
      const report = await importSeniors({ db, vault, changes }, file, how);
      // The import's commit was not the writer's: the writer's next commit brings it to the disk.
      await writer.write(() => undefined);
      return report;
    },
    async close() {
      await writer.close();
      db.close();
    },
  };
}

/** Under another key, nobody would be found, and everybody could register twice. */
export function checkVault(db: Database.Database, vault: Vault): void {
  const made = readMeta(db, 'vault');
  if (made === undefined) writeMeta(db, 'vault', vault.fingerprint);
  else if (!Buffer.isBuffer(made) || !vault.fingerprint.equals(made))
    throw new DeviceError('storage', 'store', 'was made under another key for personal data');
}
