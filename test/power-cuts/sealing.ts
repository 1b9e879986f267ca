/** Rows in clear are sealed once there is a key; the back office acknowledges some, and they go when they are old. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../device/journal/journal.ts';
import { openRowSealer } from '../../sync/uplink/row-sealer.ts';
import { journalEntry } from '../device/journal/journal-entry.ts';

const [folder = '', sealingKey = ''] = process.argv.slice(2);
const path = join(folder, 'journal.sqlite');
const dayMs = 86_400_000;
let now = 100 * dayMs;
const clock = () => now;
const say = (line: string) => void writeSync(1, `${line}\n`);

function tap(journal: ReturnType<typeof openJournal>): void {
  say(`shown ${journal.append(journalEntry({ at: now }))}`);
}

const plain = openJournal(path, 'bus-1', { clock });
for (let i = 0; i < 5; i++) tap(plain);
plain.close();
const sealer = await openRowSealer(Buffer.from(sealingKey, 'hex'));
const journal = openJournal(path, 'bus-1', { clock, sealer, keep: { days: 1, bytes: 1 << 24 } });
for (let i = 0; i < 3; i++) tap(journal);
await journal.check();
say('acknowledged 6');
journal.acknowledge(6, []);
now += 9 * dayMs;
for (let i = 0; i < 2; i++) {
  tap(journal);
  await journal.check();
}
journal.close();
