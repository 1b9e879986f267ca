/**
 * The bus group's customer register, as the upgrade service asks it: who owns which card and code. Another purpose, kept
 * apart from the service's own data: a passenger who withdraws consent still owns the card.
 */
import type { Medium } from '../store/store.ts';
import type { Identity } from '../store/vault.ts';
import type { Accepts } from './media-table.ts';

export interface OwnedMedia {
  readonly media: readonly Medium[];
  /** Something is known under this name and phone that is not the bus group's. */
  readonly hasForeignMedia: boolean;
}

export interface ImportReport {
  readonly persons: number;
  readonly media: number;
  /** Media that somebody else owned before. */
  readonly moved: number;
}

export interface Register {
  /** Nothing where name and phone do not belong together. */
  mediaOf(who: Identity): Promise<OwnedMedia>;
  /**
   * Adds and updates; what the table does not name stays. All or nothing.
   * @param file CSV with the header `phone,name,medium,account`
   * @param release is told the media that are somebody else's now, before the register says so
   * @param accepts what rows may be in the table; any unless given
   * @throws WrongUsage naming every bad line
   */
  importTable(
    file: string,
    now: number,
    release: (moved: readonly Medium[]) => Promise<unknown>,
    accepts?: Accepts,
  ): Promise<ImportReport>;
  close(): void;
}
