/** What card readers in processes of their own cost, and how late the firmware's main loop is while all its wires are busy. */
import { join } from 'node:path';
import { runPart } from '../part.ts';
import { measureLoopLateness } from './busy-wires.ts';
import { measureChildOverInProcess } from './child-over-in-process.ts';

await runPart(async ({ directory, measure }) => {
  await measure('a reader’s process', () => measureChildOverInProcess(join(directory, 'child')));
  await measure('busy loop', () => measureLoopLateness(join(directory, 'busy')));
});
