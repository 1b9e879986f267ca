/**
 * Links without application: cards of senior and disabled passengers, from a table of the bus group's. A whole table or
 * nothing. Whoever has withdrawn stays unlinked.
 */
import type Database from 'better-sqlite3';
import type { Accepts } from '../register/media-table.ts';
import { stageMedia } from '../register/staging.ts';
import { type IdentityRow, openIdentity } from './identity-columns.ts';
import { type MediumRow, openMedium } from './medium-columns.ts';
import type { Registrar } from './registrar.ts';
import type { Consent } from './store.ts';
import type { Vault } from './vault.ts';

export interface SeniorsReport {
  readonly persons: number;
  readonly media: number;
  /** Persons linked just so before. */
  readonly unchanged: number;
  /** Persons left out because they have withdrawn. */
  readonly withdrawn: number;
}

const rowsAtATime = 1000;
const cards: readonly string[] = ['t-union', 'bmac'];

export const acceptsCard: Accepts = ({ medium }) =>
  cards.includes(medium) ? undefined : 'medium: only cards are linked without application';

/**
 * @param file CSV with the header `phone,name,medium,account`
 * @param isDryRun to be told what would happen
 * @throws WrongUsage naming every bad line
 */
export async function importSeniors(
  { db, vault, registrar }: { db: Database.Database; vault: Vault; registrar: Registrar },
  file: string,
  { now, isDryRun }: { readonly now: number; readonly isDryRun: boolean },
): Promise<SeniorsReport> {
  await stageMedia(db, vault, file, acceptsCard);
  const consent: Consent = { at: now, textVersion: 'without-application', basis: 'without-application' };
  const report = { persons: 0, media: 0, unchanged: 0, withdrawn: 0 };
  const mediaOf = db.prepare<[Buffer], MediumRow>(
    'SELECT kind, account FROM staged_media WHERE owner = ? ORDER BY hash',
  );

  function linkOwner(row: IdentityRow): void {
    const who = openIdentity(vault, row);
    const media = mediaOf.all(row.key).map(medium => openMedium(vault, row.key, medium));
    if (registrar.hasWithdrawn(who)) report.withdrawn++;
    else if (registrar.register(who, media, consent)) {
      report.persons++;
      report.media += media.length;
    } else report.unchanged++;
  }

  db.exec('CREATE INDEX temp.staged_media_owner ON staged_media (owner); BEGIN IMMEDIATE');
  try {
    for (const row of stagedOwners(db)) linkOwner(row);
    db.exec(isDryRun ? 'ROLLBACK' : 'COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  return report;
}

/** A page at a time: nothing else can be asked of a connection while a statement is under way. */
function* stagedOwners(db: Database.Database): Generator<IdentityRow, void> {
  const page = db.prepare<[Buffer, number], IdentityRow>(
    'SELECT key, name, phone FROM staged_owner WHERE key > ? ORDER BY key LIMIT ?',
  );
  let last: Buffer | undefined = Buffer.alloc(0);
  while (last !== undefined) {
    const rows: IdentityRow[] = page.all(last, rowsAtATime);
    yield* rows;
    last = rows.at(-1)?.key;
  }
}
