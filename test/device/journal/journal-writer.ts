/** A process that appends to a journal until it is killed, and tells each number it was given. */
import { writeSync } from 'node:fs';
import { openJournal } from '../../../device/journal/journal.ts';
import { journalEntry } from './journal-entry.ts';

const [path = '', device = ''] = process.argv.slice(2);
const journal = openJournal(path, device);
while (true) writeSync(1, `${journal.append(journalEntry())}\n`);
