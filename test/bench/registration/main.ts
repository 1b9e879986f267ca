/** The back office's part of the bench: registrations through the real site, and a city's people published. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, say } from '../report.ts';
import type { CityPublished } from './publish-process.ts';
import { measureSite } from './site-load.ts';

const fillProgram = fileURLToPath(new URL('./fill-process.js', import.meta.url));
const publishProgram = fileURLToPath(new URL('./publish-process.js', import.meta.url));
/** Health codes that are others at one publication: more than any ordinary minute brings. */
const changedShare = 0.01;
/** What a back office's machine can spare. */
const reasonableMiB = 4096;

/** @param cities how many people each has: 1 and 20 million for the figures that count */
export async function measureRegistration(directory: string, cities: readonly number[]): Promise<Figure[]> {
  mkdirSync(directory, { recursive: true });
  return [
    ...(await measureSite(join(directory, 'site'))),
    ...(cities.length > 0 ? measureCities(directory, cities) : []),
  ];
}

function measureCities(directory: string, cities: readonly number[]): Figure[] {
  const published = cities.map(people => [String(people), measureCity(directory, people)] as const);
  const each = (of: (city: CityPublished) => number) =>
    Object.fromEntries(published.map(([people, city]) => [people, of(city)]));
  return [
    { name: 'publish.seconds', value: each(({ snapshotS }) => snapshotS) },
    { name: 'publish.changesSeconds', value: each(({ changesS }) => changesS) },
    { name: 'publish.settledPerS', value: each(({ settledPerS }) => settledPerS) },
    {
      name: 'publish.peakMiB',
      value: each(({ peakMiB }) => peakMiB),
      required: { atMost: Object.fromEntries(cities.map(people => [people, reasonableMiB])) },
    },
  ];
}

function measureCity(directory: string, people: number): CityPublished {
  const city = join(directory, `city-${people}`);
  const changed = Math.ceil(people * changedShare);
  const started = performance.now();
  execFileSync(process.execPath, [fillProgram, city, String(people), String(changed)]);
  const filledS = (performance.now() - started) / 1000;
  const words = [publishProgram, city, String(changed)];
  const published: CityPublished = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
  rmSync(city, { recursive: true });
  const { snapshotS, changesS, settledPerS, peakMiB } = published;
  say(
    `  ${people} people put in in ${filledS.toFixed(0)} s, published in ${snapshotS.toFixed(1)} s; ` +
      `${changed} statuses changed at ${settledPerS.toFixed(0)} a second, published in ${changesS.toFixed(1)} s; ` +
      `at most ${peakMiB.toFixed(0)} MiB`,
  );
  return published;
}
