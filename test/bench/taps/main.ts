/** How long passengers wait for their notice, what the firmware's memory does, and how soon it is ready. */
import { countJournalRows } from '../../journal-rows.ts';
import { withFirmware } from '../firmware-under-test.ts';
import { count, runPart } from '../part.ts';
import { createTestStand, type TestStand } from '../test-stand.ts';
import { measureDecoding } from './decode.ts';
import { measureFlood } from './flood.ts';
import { measureHardDecoding } from './hard-decode.ts';
import { fullLoad, measureMemory } from './memory.ts';
import { measureNotices } from './notice.ts';
import { measureSealing } from './sealing.ts';
import { measureStarts } from './start.ts';

await runPart(async ({ directory, measure }) => {
  const load = { taps: count('BENCH_TAPS', fullLoad), frames: count('BENCH_FRAMES', fullLoad) };
  const stand = await createTestStand(directory);
  const { configFile } = stand;
  const isWhole = [
    await measure('notices', () => withFirmware(configFile, () => measureNotices(stand, directory))),
    await measure('memory', () => measureMemory(stand, load)),
  ];
  await measure('sealing', () => measureSealing(directory));
  await measure('taps beside a flood', () => measureFlood(directory));
  await measure('starts', () => measureStarts(configFile));
  await measure('decoding', measureDecoding);
  await measure('decoding hard pictures', measureHardDecoding);
  await stand.close();
  if (!isWhole.includes(false)) checkJournal(stand);
});

/** Each notice has its row. */
function checkJournal({ journalFile, presented }: TestStand): void {
  const rows = countJournalRows(journalFile);
  if (rows !== presented) throw new Error(`${presented} notices, but ${rows} rows in the journal`);
}
