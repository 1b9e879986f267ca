/**
 * Links cards of senior and disabled passengers without their application, from a table of the bus group's: the whole table
 * or nothing. Whoever has withdrawn stays unlinked.
 */
import type Database from 'better-sqlite3';
import type { Accepts } from '../media-owners/media-table.ts';
import { stageMedia } from '../media-owners/staging.ts';
import type { PersonChanges } from './person-changes.ts';
import { type IdentityRow, type MediumRow, openIdentity, openMedium } from './sealed-columns.ts';
import type { Consent } from './store.ts';
import type { Vault } from './vault.ts';

export interface SeniorsReport {
  readonly persons: number;
  readonly media: number;
  /** Persons who were linked like this before. */
  readonly unchanged: number;
  /** Persons left out because they have withdrawn. */
  readonly withdrawn: number;
}

export interface SeniorsOptions {
  readonly now: number;
  /** Changes nothing, and tells what would happen. */
  readonly isDryRun: boolean;
  /** Long numbers that end in 0 are right, however many there are. */
  readonly trustZeros?: boolean | undefined;
}

const rowsAtATime = 1000;
const cards: readonly string[] = ['t-union', 'bmac'];

export const acceptsCard: Accepts = ({ medium }) =>
  cards.includes(medium) ? undefined : 'medium: only cards are linked without application';

/**
 * @param file CSV with the header `phone,name,medium,account`
 * @throws WrongUsage naming every bad line
 */
export async function importSeniors(
  { db, vault, changes }: { db: Database.Database; vault: Vault; changes: PersonChanges },
  file: string,
  { now, isDryRun, trustZeros }: SeniorsOptions,
): Promise<SeniorsReport> {
  await stageMedia(db, vault, file, acceptsCard, trustZeros);
  const consent: Consent = { at: now, textVersion: 'without-application', basis: 'without-application' };
  const report = { persons: 0, media: 0, unchanged: 0, withdrawn: 0 };
  const mediaOf = db.prepare<[Buffer], MediumRow>(
    'SELECT kind, account FROM staged_media WHERE owner = ? ORDER BY hash',
  );

  function linkOwner(row: IdentityRow): void {
    const who = openIdentity(vault, row);
    const media = mediaOf.all(row.key).map(medium => openMedium(vault, row.key, medium));
    if (changes.hasWithdrawn(who)) report.withdrawn++;
    else if (changes.register(who, media, consent)) {
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

/** Reads page by page, because a connection can run nothing else while a statement is under way. */
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
