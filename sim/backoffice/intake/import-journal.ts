/** Takes the rows of a journal that lies here as a file. */
import type Database from 'better-sqlite3';
import { openJournalFile } from './journal-file.ts';
import { createIntake, type Taken } from './take-rows.ts';

export interface Imported extends Taken {
  readonly device: string;
}

/** @throws WrongUsage for a file that is no journal; DeviceError storage */
export function importJournal(trips: Database.Database, path: string, now?: () => number): Imported {
  const journal = openJournalFile(path);
  try {
    const intake = createIntake(trips, now);
    const { device } = journal;
    let sum: Taken = intake.takeRows(device, []);
    // Others may write between two portions.
    for (const rows of journal.rows()) sum = together(sum, intake.takeRows(device, rows));
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
