/** Takes the rows of a journal that lies here as a file. */
import { openJournalFile } from './journal-file.ts';
import type { Intake, Taken } from './take-rows.ts';

export interface Imported extends Taken {
  readonly device: string;
}

/** Rejects with WrongUsage for a file that is no journal, and with the store's errors. */
export async function importJournal(intake: Intake, path: string): Promise<Imported> {
  const journal = openJournalFile(path);
  try {
    const { device } = journal;
    const name = { device, epoch: 1 };
    let sum = await intake.takeRows(name, []);
    // Others may write between two portions.
    for (const rows of journal.rows()) sum = together(sum, await intake.takeRows(name, rows));
    return { device, ...sum };
  } finally {
    journal.close();
  }
}

function together(one: Taken, other: Taken): Taken {
  return {
    new: one.new + other.new,
    known: one.known + other.known,
    refused: one.refused + other.refused,
    problems: [...one.problems, ...other.problems].slice(0, 20),
  };
}
