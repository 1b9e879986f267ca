/** The firmware as the package brings it: its size, the time to the first tap after power on, and what it takes at rest. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildDeb } from '../../../device/install/deb.ts';
import { count, runPart } from '../part.ts';
import { cardOf } from '../people.ts';
import type { Figure } from '../report.ts';
import { median } from '../statistics.ts';
import { createTestStand, type TestStand } from '../test-stand.ts';
import { type Installed, startInstalled } from './installed-firmware.ts';
import { processorMs, residentMbOfAll } from './process-tree.ts';

const checkout = resolve(import.meta.dirname, '../../../..');
const starts = 5;
const settledMs = 15_000;

await runPart(async ({ directory, measure }) => {
  const stand = await createTestStand(directory);
  let home = '';
  await measure('the package', async () => {
    const { file, installedKib } = await buildDeb({ root: checkout, out: directory, compression: 'none' });
    const tree = join(directory, 'installed');
    execFileSync('dpkg-deb', ['--extract', file, tree]);
    home = join(tree, 'usr/lib/fare-validator');
    return [{ name: 'install.mb', value: (installedKib * 1024) / 1e6 }];
  });
  const { configFile } = stand;
  await measure('first taps', () => measureFirstTaps(stand, { home, configFile }));
  await measure('at rest', () => measureRest(stand, { home, configFile }));
  await stand.close();
});

/** Without the operating system: from starting the process to the notice for a passenger who has been waiting. */
async function measureFirstTaps(stand: TestStand, installed: Installed): Promise<Figure[]> {
  const tookMs: number[] = [];
  for (let i = 0; i < starts; i++) {
    const startedAt = performance.now();
    const firmware = startInstalled(installed);
    tookMs.push((await Promise.race([stand.firstTap(cardOf(i)), firmware.ended])) - startedAt);
    await firmware.stop();
  }
  return [{ name: 'start.firstTapMs', value: median(tookMs), required: { atMost: 3000 } }];
}

/** Nobody taps; all wires are there, and the camera sees an empty bus at its pace. BENCH_REST_S sets how long it is watched. */
async function measureRest(stand: TestStand, installed: Installed): Promise<Figure[]> {
  const forMs = count('BENCH_REST_S', 60) * 1000;
  const firmware = startInstalled(installed);
  const stopCamera = stand.streamScene();
  try {
    await Promise.race([stand.firstTap(cardOf(starts)), firmware.ended]);
    await sleep(settledMs);
    const [before, since] = [processorMs(firmware.pid), performance.now()];
    await Promise.race([sleep(forMs), firmware.ended]);
    const share = (processorMs(firmware.pid) - before) / (performance.now() - since);
    return [
      { name: 'idle.cpuPercent', value: share * 100 },
      { name: 'idle.rssMb', value: residentMbOfAll(firmware.pid) },
    ];
  } finally {
    stopCamera();
    await firmware.stop();
  }
}
