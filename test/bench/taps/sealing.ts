/**
 * What sealing adds to a row: two journals side by side, turn about, one that seals its rows and one that does not. In memory, where
 * fsync costs nothing: on a disk the difference is lost in what its neighbours do. Encapsulations are made meanwhile, as between taps.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Journal, openJournal } from '../../../device/journal/journal.ts';
import type { JournalEntry } from '../../../device/journal/journal-row.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import type { Figure } from '../report.ts';
import { median, quantile, quantilesOf } from '../statistics.ts';

const warmUpRows = 500;
const rounds = 5;
const rowsOfARound = 1500;
const inMemory = '/dev/shm';
const allowedMs = 1;

export async function measureSealing(directory: string): Promise<Figure[]> {
  const scratch = mkdtempSync(join(existsSync(inMemory) ? inMemory : directory, 'sealing-'));
  const sealer = await openRowSealer(publicKeyOf(newPrivateKey()));
  const plain = openJournal(join(scratch, 'plain.sqlite'), 'bench');
  const sealed = openJournal(join(scratch, 'sealed.sqlite'), 'bench', { sealer });
  const tookMs = { plain: [] as number[], sealed: [] as number[] };
  try {
    for (let i = 0; i < warmUpRows + rounds * rowsOfARound; i++) {
      const both = [
        [plain, tookMs.plain],
        [sealed, tookMs.sealed],
      ] as const;
      // Turn about also in which goes first.
      for (const [journal, times] of i % 2 === 0 ? both : both.toReversed()) {
        await setImmediate();
        const took = timed(journal, i);
        if (i >= warmUpRows) times.push(took);
      }
    }
  } finally {
    plain.close();
    sealed.close();
    rmSync(scratch, { recursive: true });
  }
  // A neighbour's work is in the p99 of one round, not in that of most.
  const p99 = (times: readonly number[], round: number) =>
    quantile(times.slice(round * rowsOfARound, (round + 1) * rowsOfARound), 0.99);
  const overMs = Array.from({ length: rounds }, (_, i) => p99(tookMs.sealed, i) - p99(tookMs.plain, i));
  return [
    { name: 'journal.plainMs', value: quantilesOf(tookMs.plain) },
    { name: 'journal.sealedMs', value: quantilesOf(tookMs.sealed) },
    {
      name: 'journal.sealOverPlainMs',
      value: median(overMs),
      required: { atMost: allowedMs },
    },
  ];
}

function timed(journal: Journal, i: number): number {
  const token = Uint8Array.from(Buffer.from(String(i).padStart(8, '0')));
  const entry: JournalEntry = {
    ...{ at: Date.now(), reader: 'scanner', line: '38', bus: 'A1234', stop: 'there-3', kind: 'ride-code' },
    ...{ cardKind: undefined, token, codeDigest: token },
    decision: { verdict: { verdict: 'pass' }, phase: 'enforced', fareTaken: true, fareFen: 100 },
  };
  const from = performance.now();
  journal.append(entry);
  return performance.now() - from;
}
