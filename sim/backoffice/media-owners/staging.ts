/** Reads a table of media into temporary tables, so that it is whole and well-formed before anything else is touched. */
import type Database from 'better-sqlite3';
import { numberOfKind, sealAccount, sealIdentity } from '../store/sealed-columns.ts';
import type { Vault } from '../store/vault.ts';
import { type Accepts, isOurs, type MediaRow, readMediaTable } from './media-table.ts';

const schema = `
  DROP TABLE IF EXISTS temp.staged_media;
  DROP TABLE IF EXISTS temp.staged_owner;
  CREATE TEMP TABLE staged_media (
    hash BLOB PRIMARY KEY, owner BLOB NOT NULL, kind INTEGER NOT NULL, account BLOB NOT NULL, line INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE staged_owner (
    key BLOB PRIMARY KEY, name BLOB NOT NULL, phone BLOB NOT NULL, has_foreign INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Fills `staged_media` with the bus group's media and `staged_owner` with all owners, in the connection's temp database.
 * @throws WrongUsage naming every bad line, also that of a medium listed twice
 */
export async function stageMedia(
  db: Database.Database,
  vault: Vault,
  file: string,
  accepts: Accepts = () => undefined,
  trustZeros = false,
): Promise<void> {
  db.exec(schema);
  const putMedium = db.prepare('INSERT INTO staged_media VALUES (?, ?, ?, ?, ?)');
  const firstLine = db.prepare<[Buffer], number>('SELECT line FROM staged_media WHERE hash = ?').pluck();
  const putOwner = db.prepare('INSERT OR IGNORE INTO staged_owner VALUES (?, ?, ?, 0)');
  const setForeign = db.prepare('UPDATE staged_owner SET has_foreign = 1 WHERE key = ?');

  function take(row: MediaRow): string | undefined {
    const refusal = accepts(row);
    if (refusal !== undefined) return refusal;
    const { key, name, phone } = sealIdentity(vault, row);
    putOwner.run(key, name, phone);
    if (!isOurs(row.medium)) {
      setForeign.run(key);
      return undefined;
    }
    const medium = { kind: row.medium, account: row.account };
    const hash = vault.accountHash(medium.kind, medium.account);
    const before = firstLine.get(hash);
    if (before !== undefined) return `the medium is in line ${before} already`;
    putMedium.run(hash, key, numberOfKind(medium.kind), sealAccount(vault, key, medium), row.line);
    return undefined;
  }

  db.exec('SAVEPOINT staging');
  try {
    await readMediaTable(file, take, trustZeros);
  } finally {
    db.exec('RELEASE staging');
  }
}
