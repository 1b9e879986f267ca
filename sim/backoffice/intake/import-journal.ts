/** Takes the rows of a journal that lies here as a file. */
import { openJournalFile, type Portion } from './journal-file.ts';
import { createRowReader, type ReadRows, type RowReader } from './row-reader.ts';
import type { Intake, Taken } from './take-rows.ts';
import type { JournalName } from './tap-store.ts';

export interface Imported extends Taken, JournalName {
  /** Places where a row does not follow the one before, or nothing can be read any more. */
  readonly broken: number;
}

type Opening = (keyId: string) => Uint8Array | undefined;

/**
 * @param opening the private half of a key that rows are sealed for
 * Rejects with WrongUsage for a file that is no journal, and with the store's errors.
 */
export async function importJournal(
  intake: Intake,
  path: string,
  opening: Opening = () => undefined,
): Promise<Imported> {
  const journal = openJournalFile(path);
  try {
    const { device, epoch } = journal;
    const reader = createRowReader(opening);
    let sum: Imported = { device, epoch, ...(await intake.takeRows({ device, epoch }, [])), broken: 0 };
    // Others may write between two portions.
    for (const portion of journal.portions()) {
      const read = await readPortion(reader, journal, portion);
      sum = together(sum, await intake.takeRows({ device, epoch }, read.rows), read);
    }
    return sum;
  } finally {
    journal.close();
  }
}

async function readPortion(reader: RowReader, journal: JournalName, portion: Portion): Promise<ReadRows> {
  const nothing = { rows: [], refused: [], problems: [], broken: 0 };
  if ('unreadable' in portion) return { ...nothing, problems: [portion.unreadable], broken: 1 };
  if ('rows' in portion) return { ...nothing, rows: portion.rows };
  return reader.read(journal, portion.raw);
}

function together(one: Imported, other: Taken, { refused, problems, broken }: ReadRows): Imported {
  return {
    ...one,
    new: one.new + other.new,
    known: one.known + other.known,
    refused: one.refused + other.refused + refused.length,
    broken: one.broken + broken,
    problems: [...one.problems, ...problems, ...other.problems].slice(0, 20),
  };
}
