/** A week without a network: how long its rows take to arrive afterwards, and what that is to passengers who tap meanwhile. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { tripPlaces } from '../../../sim/backoffice/intake/trips-file.ts';
import { uplinkPlaces } from '../../../sim/backoffice/uplink/office-keys.ts';
import { startFleetOffice } from '../../../sim/fleet/office.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { createNetworkPort } from '../../../sim/wires/network-port.ts';
import { ownKeyText } from '../../../sync/uplink/uplink-keys.ts';
import { fillJournal } from '../../device/journal/fill-journal.ts';
import { withFirmware } from '../firmware-under-test.ts';
import { cardOf } from '../people.ts';
import type { Figure } from '../report.ts';
import { quantilesOf } from '../statistics.ts';
import { createTestStand, type TestStand } from '../test-stand.ts';

const device = 'bench';
/** 3,000 taps a day. */
const weekOfRows = 21_000;
const taps = 300;
const pauseMs = 50;

export async function measureWeek(directory: string): Promise<readonly Figure[]> {
  const data = join(directory, 'week-office');
  const office = await startFleetOffice(data, [device], undefined);
  const url = new URL(office.brokers[0] ?? '');
  const network = await createNetworkPort({ port: await freePort(), to: Number(url.port) });
  await network.plug(false);
  const home = join(directory, 'week');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const signing = join(home, 'uplink.json');
  for (const own of office.owns) writeFileSync(signing, ownKeyText(device, own.signingKey), { mode: 0o600 });
  const uplink = { url: `mqtt://127.0.0.1:${network.port}`, signing, office: uplinkPlaces(data).office };
  const stand = await createTestStand(home, undefined, undefined, uplink);
  fillJournal(stand.journalFile, device, weekOfRows);
  chmodSync(stand.journalFile, 0o600);
  const measured = await withFirmware(
    stand.configFile,
    async () => {
      const before = quantilesOf(await tapSome(stand));
      await network.plug(true);
      const since = performance.now();
      const tapping = tapSome(stand);
      while (storedIn(data) < weekOfRows + taps) await sleep(pauseMs);
      const drainS = (performance.now() - since) / 1000;
      return { drainS, before: before.p99, meanwhile: quantilesOf(await tapping).p99 };
    },
    { expected: ['uplink-failed', 'part-fault', 'journal-without-witness'] },
  );
  await stand.close();
  await network.close();
  await office.close();
  const { drainS, before, meanwhile } = measured;
  return [
    { name: 'uplink.weekDrainS', value: drainS, required: { atMost: 300 } },
    { name: 'uplink.weekTapMs', value: { before, meanwhile } },
    { name: 'uplink.weekTapOverMs', value: meanwhile - before, required: { atMost: 10 } },
  ];
}

async function tapSome(stand: TestStand): Promise<number[]> {
  const took: number[] = [];
  for (let serial = 0; serial < taps; serial++) {
    took.push(await stand.tap(cardOf(serial)));
    await sleep(pauseMs);
  }
  return took;
}

function storedIn(data: string): number {
  const db = new Database(tripPlaces(data).trips, { readonly: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM tap').pluck().get());
  } finally {
    db.close();
  }
}
