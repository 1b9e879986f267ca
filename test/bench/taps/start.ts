/** Starts: from starting the process to its log line `ready`, with the journal the bench has filled before. */
import { withFirmware } from '../firmware-under-test.ts';
import type { Figure } from '../report.ts';
import { median } from '../statistics.ts';

const starts = 9;

export async function measureStarts(configFile: string): Promise<Figure[]> {
  const readyMs: number[] = [];
  for (let i = 0; i < starts; i++)
    readyMs.push(await withFirmware(configFile, ({ readyMs }) => Promise.resolve(readyMs)));
  return [{ name: 'start.readyMs', value: median(readyMs), required: { atMost: 500 } }];
}
