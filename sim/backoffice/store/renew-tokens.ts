/** After a rotation of the fleet key: every link is found under its new token. All at once, at the service's start. */
import type Database from 'better-sqlite3';
import { type MediumRow, openMedium } from './medium-columns.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { TokenOf } from './person-rows.ts';
import type { Vault } from './vault.ts';

interface LinkRow extends MediumRow {
  readonly token: bigint;
  readonly key: Buffer;
}

const rowsAtATime = 10_000;
const lowest = -(2n ** 63n);

/** Does nothing where they are under this key already. Published links need no notice: the next version is a snapshot. */
export function renewTokens(db: Database.Database, vault: Vault, keyId: string, tokenOf: TokenOf): void {
  if (readMeta(db, 'fleet_key') === keyId) return;
  const page = db
    .prepare<[bigint, number], LinkRow>(
      `SELECT token, link.kind, account, key FROM link JOIN person ON person.id = link.person
       WHERE token > ? ORDER BY token LIMIT ?`,
    )
    .safeIntegers();
  const renew = db.transaction(() => {
    db.exec(`
      CREATE TEMP TABLE renewed (old INTEGER PRIMARY KEY, token INTEGER NOT NULL UNIQUE);
    `);
    const put = db.prepare('INSERT INTO renewed VALUES (?, ?)');
    for (let rows = page.all(lowest, rowsAtATime); rows.length > 0; ) {
      for (const row of rows)
        put.run(row.token, tokenOf(openMedium(vault, row.key, { ...row, kind: Number(row.kind) })));
      rows = page.all(rows.at(-1)?.token ?? lowest, rowsAtATime);
    }
    db.exec(`
      CREATE TEMP TABLE links AS
        SELECT renewed.token, person, kind, account FROM link JOIN renewed ON old = link.token;
      DELETE FROM link;
      INSERT INTO link SELECT * FROM links ORDER BY token;
      DROP TABLE links;
      DROP TABLE renewed;
    `);
    writeMeta(db, 'fleet_key', keyId);
  });
  renew.immediate();
}
