/** Taps, and says each number that was given, as the notice does. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../device/journal/journal.ts';
import { journalEntry } from '../device/journal/journal-entry.ts';

const [folder = ''] = process.argv.slice(2);
for (const start of [0, 1]) {
  const journal = openJournal(join(folder, 'journal.sqlite'), 'bus-1');
  for (let tap = 0; tap < 4; tap++) {
    const seq = journal.append(journalEntry({ at: 1000 + 100 * start + tap }));
    writeSync(1, `shown ${seq}\n`);
  }
  await journal.check();
  journal.close();
}
