/** How late the firmware's main loop is while all its wires are busy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { withFirmware } from '../firmware-under-test.ts';
import type { Figure } from '../report.ts';
import { quantile } from '../statistics.ts';
import { createBusyBus } from './busy-bus.ts';

const warmUpMs = 5000;
const measuredMs = 30_000;
const leastTaps = 200;

export async function measureLoopLateness(directory: string): Promise<Figure[]> {
  const bus = await createBusyBus(directory);
  const file = join(directory, 'lateness.json');
  const preload = pathToFileURL(join(import.meta.dirname, 'loop-lateness.js'));
  preload.searchParams.set('file', file);
  let taps = 0;
  const options = {
    onLog({ event }: LogLine) {
      if (event === 'tap') taps++;
    },
    nodeOptions: [`--import=${preload.href}`],
  };
  try {
    await withFirmware(
      bus.configFile,
      async ({ pid }) => {
        const end = bus.crowd();
        await sleep(warmUpMs);
        process.kill(pid, 'SIGUSR2');
        taps = 0;
        await sleep(measuredMs);
        await end();
      },
      options,
    );
  } finally {
    await bus.close();
  }
  if (taps < leastTaps)
    throw new Error(`only ${taps} presentations in ${measuredMs} ms: the bus was not busy`);
  const latenessMs: number[] = JSON.parse(readFileSync(file, 'utf8'));
  return [
    { name: 'wires.loopLatenessP99Ms', value: quantile(latenessMs, 0.99), required: { atMost: 5 } },
    { name: 'wires.loopLatenessMaxMs', value: Math.max(...latenessMs) },
    { name: 'wires.loopTapsPerS', value: (taps * 1000) / measuredMs },
  ];
}
