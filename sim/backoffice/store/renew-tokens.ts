/** Gives every link its new token when a key epoch begins. */
import type Database from 'better-sqlite3';
import type { TokenOf } from './person-changes.ts';
import { readMeta, writeMeta } from './schema.ts';
import { type MediumRow, openMedium } from './sealed-columns.ts';
import type { Vault } from './vault.ts';

interface LinkRow extends MediumRow {
  readonly token: bigint;
  readonly key: Buffer;
}

/** Some 15 ms of work: pages are served in between. */
const rowsAtATime = 1000;
const lowest = -(2n ** 63n);
const columns =
  'link.token AS token, link.kind, account, key FROM link JOIN person ON person.id = link.person';

/**
 * In steps, between which others may change links. What they are called stays as it was until the last step, which nobody can
 * come between. Does nothing where the tokens are under this key already. No change is noted: the next version is a snapshot.
 */
export function* renewTokens(
  db: Database.Database,
  vault: Vault,
  keyId: string,
  tokenOf: TokenOf,
): Generator<void> {
  if (readMeta(db, 'fleet_key') === keyId) return;
  db.exec(`
    CREATE TEMP TABLE IF NOT EXISTS renewed (old INTEGER PRIMARY KEY, token INTEGER NOT NULL UNIQUE);
    DELETE FROM renewed;
  `);
  const put = db.prepare('INSERT INTO renewed VALUES (?, ?)');
  const page = db
    .prepare<[bigint, number], LinkRow>(`SELECT ${columns} WHERE token > ? ORDER BY token LIMIT ?`)
    .safeIntegers();
  const renew = db.transaction((rows: readonly LinkRow[]) => {
    for (const row of rows)
      put.run(row.token, tokenOf(openMedium(vault, row.key, { ...row, kind: Number(row.kind) })));
  });
  for (let rows = page.all(lowest, rowsAtATime); rows.length > 0; ) {
    renew(rows);
    yield;
    rows = page.all(rows.at(-1)?.token ?? lowest, rowsAtATime);
  }
  const come = db
    .prepare<[], LinkRow>(`SELECT ${columns} WHERE NOT EXISTS (SELECT 1 FROM renewed WHERE old = link.token)`)
    .safeIntegers();
  db.transaction(() => {
    renew(come.all());
    db.exec(`
      CREATE TEMP TABLE links AS
        SELECT renewed.token, person, kind, account FROM link JOIN renewed ON old = link.token;
      DELETE FROM link;
      INSERT INTO link SELECT * FROM links ORDER BY token;
      DROP TABLE links;
      DELETE FROM renewed;
    `);
    writeMeta(db, 'fleet_key', keyId);
  }).immediate();
}
