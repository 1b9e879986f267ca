/**
 * How long passengers wait while somebody floods the console with keys and the scanner's line with noise: as over a quiet
 * validator, over the median of a bare insert of the same moments.
 */
import { join } from 'node:path';
import { withFirmware } from '../firmware-under-test.ts';
import type { Figure } from '../report.ts';
import { median, quantilesOf } from '../statistics.ts';
import { createTestStand } from '../test-stand.ts';
import { timeTaps } from './card.ts';
import { createReference } from './reference.ts';

export async function measureFlood(directory: string): Promise<Figure[]> {
  const stand = await createTestStand(join(directory, 'flooded'));
  const reference = createReference(join(directory, 'flooded'));
  try {
    return await withFirmware(
      stand.configFile,
      async () => {
        const stopFlood = await stand.flood();
        const { p50, p99 } = quantilesOf(await timeTaps(stand, reference).finally(stopFlood));
        const fsyncMs = median(reference.samples);
        const value = { p50: p50 - fsyncMs, p99: p99 - fsyncMs };
        return [{ name: 'card.floodOverFsyncMs', value, required: { atMost: { p50: 6, p99: 15 } } }];
      },
      { expected: ['flooded'] },
    );
  } finally {
    reference.close();
    await stand.close();
  }
}
