/** How soon every connected validator hears that the feed has something new. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UplinkFacts } from '../../../device/data-ports.ts';
import { enrolAll } from '../../../sim/backoffice/uplink/enrolled.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { openMark } from '../../../sync/uplink/mark.ts';
import { createUplink } from '../../../sync/uplink/uplink.ts';
import { readOfficeKeys } from '../../../sync/uplink/uplink-keys.ts';
import { until } from '../../harness.ts';
import type { Figure } from '../report.ts';
import { quantilesOf } from '../statistics.ts';
import { withOffice } from './with-office.ts';

const versions = 5;

export function measureHints(directory: string, validators: number): Promise<readonly Figure[]> {
  return withOffice(async ({ context, broker, office, officeKeys }) => {
    const keys = readOfficeKeys(officeKeys);
    const owns = Array.from({ length: validators }, (_, i) => ({ device: `v${i}`, signingKey: newSeed() }));
    const enrolled = owns.map(({ device, signingKey }) => ({
      ...{ id: device, signingKey: publicHalfOf(signingKey).toString('hex'), addedAt: 0 },
    }));
    enrolAll(office.dir, enrolled);
    office.start();
    const stops: AbortController[] = [];
    const heard = new Map<number, number[]>();
    const running = owns.map(own => {
      const mark = openMark(join(directory, `${own.device}-mark`), own.device);
      const uplink = createUplink({ broker, own, office: keys, version: 'bench' }, mark, {
        wanted: () => undefined,
        progress: () => undefined,
        answered: () => undefined,
        failed: () => undefined,
        feedVersion: version => void heard.set(version, [...(heard.get(version) ?? []), performance.now()]),
        command: () => undefined,
      });
      uplink.tell(nothingYet);
      const stop = new AbortController();
      stops.push(stop);
      return uplink.run(stop.signal);
    });
    context.after(async () => {
      for (const stop of stops) stop.abort();
      await Promise.all(running);
    });
    const times = (version: number) => heard.get(version) ?? [];
    await until('that all are connected', () => times(1).length >= validators);
    const tookS: number[] = [];
    for (let version = 2; version < 2 + versions; version++) {
      await sleep(2500);
      const since = performance.now();
      office.feed.version = version;
      await until(`version ${version}`, () => times(version).length >= validators);
      tookS.push(...times(version).map(at => (at - since) / 1000));
    }
    const { p50, p99 } = quantilesOf(tookS);
    return [{ name: 'uplink.hintS', value: { p50, p99 }, required: { atMost: { p50: 5, p99: 10 } } }];
  });
}

const nothingYet: UplinkFacts = {
  ...{ epoch: 1, lastSeq: 0, ready: true, terse: '', verbose: '', faults: [], feedVersion: 0 },
  ...{ statusAsOf: null, linksAsOf: null, dataProblem: null, stop: null, doors: null },
};
