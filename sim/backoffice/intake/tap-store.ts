/** The port of what keeps taps: SQLite for one machine, PostgreSQL where several intakes work side by side. */
import type { TapRow } from './tap-row.ts';

/** A validator's journal. When one is damaged, a new one is begun with the next epoch, whose numbers begin again. */
export interface JournalName {
  readonly device: string;
  /** Higher than those before; the first one may have any. */
  readonly epoch: number;
}

/** Rows of one journal, that came together. */
export interface TapPortion extends JournalName {
  readonly rows: readonly TapRow[];
  /** Unix milliseconds */
  readonly cameAt: number;
}

export interface TapsTaken {
  /** Rows that were not there yet. */
  readonly new: number;
  /** Rows that were there, and say the same. */
  readonly known: number;
  /** Rows of which another was there already: the first one stays. */
  readonly conflicting: readonly {
    readonly seq: number;
    /** The first column in which they differ. */
    readonly column: string;
  }[];
}

export interface TapStore {
  /**
   * Idempotent by (device, epoch, seq). What was taken is on the disk when it resolves, all of it or nothing. Rejects with the
   * store's errors: then nothing may be acknowledged.
   */
  take(portion: TapPortion): Promise<TapsTaken>;
  /**
   * Empties what says whose the rows are; the rows stay, under their numbers. It is on the disk when it resolves. Rejects with the store's errors.
   * @param day of Beijing, since 1970-01-01 @param cameBefore Unix milliseconds. @returns how many rows said it
   */
  forget(day: number, cameBefore: number): Promise<number>;
  close(): Promise<void>;
}
