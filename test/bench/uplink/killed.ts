/** The validator is killed again and again while passengers tap: each tap whose notice was seen arrives, and arrives once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolNew } from '../../../sim/backoffice/uplink/enrolled.ts';
import { keepTapping } from '../../device/firmware/keep-tapping.ts';
import { startStandIn } from '../../device/firmware/stand.ts';
import { until } from '../../harness.ts';
import type { Figure } from '../report.ts';
import { withOffice } from './with-office.ts';

const device = 'bus-1-front';
const longestMs = 400;

export function measureKilled(directory: string, kills: number): Promise<readonly Figure[]> {
  return withOffice(async ({ context, broker, office, officeKeys }) => {
    office.start();
    const signing = join(office.dir, 'uplink.json');
    enrolNew(office.dir, device, signing, 0);
    const home = join(directory, 'killed');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const uplink = { url: broker.url, signing, office: officeKeys };
    const stand = await startStandIn(home, context, { settings: { uplink } });
    const seen: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const before = seen.length;
      const tapping = keepTapping(stand, seen);
      await until('a notice', () => seen.length > before);
      await sleep(Math.random() * longestMs);
      await stand.cutPower();
      await tapping.stop();
      await stand.ready();
    }
    const stored = () => office.tokens().map(token => token && Buffer.from(token).toString('hex'));
    const last = await until('that nothing is to go', async () => {
      const text = await stand.ask('uplink');
      return /\b0 rows/.test(text) && stored();
    });
    const times = new Map<string | null, number>();
    for (const token of last) times.set(token, (times.get(token) ?? 0) + 1);
    const missing = seen.filter(token => !times.has(token)).length;
    const twice = seen.filter(token => (times.get(token) ?? 0) > 1).length;
    return [
      { name: 'uplink.kills', value: { kills, notices: seen.length } },
      { name: 'uplink.killed', value: { missing, twice }, required: { atMost: { missing: 0, twice: 0 } } },
    ];
  });
}
