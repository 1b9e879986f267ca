/**
 * The back office's end of the journals: takes rows of a device, in any order and as often as they come. What has come is on the
 * disk when it resolves.
 */
import { z } from 'zod';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { type TapRow, tapRowSchema } from './tap-row.ts';
import type { JournalName, TapStore } from './tap-store.ts';

export interface Taken {
  /** Rows that were not there yet. */
  readonly new: number;
  readonly known: number;
  /** Rows that are none, and rows that say something else than was taken before under their number. */
  readonly refused: number;
  /** Why, of the first few. */
  readonly problems: readonly string[];
}

export interface Intake {
  /**
   * Idempotent by (device, epoch, seq). All rows of one call are one transaction.
   * @param rows what should be `TapRow`s
   * @param refusedOne called with the number of each row that is refused
   * Rejects with WrongUsage for what cannot be a journal's name, and with the store's errors.
   */
  takeRows(journal: JournalName, rows: Iterable<unknown>, refusedOne?: (seq: number) => void): Promise<Taken>;
}

const maxProblems = 20;
const journalName = z.object({
  device: z.string().regex(/^[\w.-]{1,64}$/),
  epoch: z.int().min(1).max(0xffff),
});

/** @param now Unix milliseconds */
export function createIntake(store: TapStore, now: () => number = Date.now): Intake {
  return {
    async takeRows(journal, given, refusedOne = () => {}) {
      if (!journalName.safeParse(journal).success)
        throw new WrongUsage(printable(`${journal.device} ${journal.epoch} is no device's name and epoch`));
      const problems: string[] = [];
      let refused = 0;
      const refuse = (seq: unknown, why: string) => {
        refused++;
        if (typeof seq === 'number') refusedOne(seq);
        if (problems.length < maxProblems) problems.push(printable(why));
      };
      const rows = rowsAmong(given, refuse);
      const taken = await store.take({ ...journal, rows, cameAt: now() });
      for (const { seq, column } of taken.conflicting)
        refuse(seq, `row ${seq}: another ${column} was taken before under this number`);
      return { new: taken.new, known: taken.known, refused, problems };
    },
  };
}

function rowsAmong(given: Iterable<unknown>, refuse: (seq: unknown, why: string) => void): TapRow[] {
  const rows: TapRow[] = [];
  for (const each of given) {
    const { data, error } = tapRowSchema.safeParse(each);
    if (data !== undefined) rows.push(data);
    else {
      const [why] = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      refuse(seqOf(each), `row ${seqIn(each)}: ${why}`);
    }
  }
  return rows;
}

function seqOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'seq' in given ? given.seq : undefined;
}

function seqIn(given: unknown): string {
  const seq = seqOf(given);
  return typeof seq === 'number' ? String(seq) : 'without a number';
}
