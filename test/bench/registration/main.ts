/** The back office's part of the bench: registrations through the real site, and a city's people published. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, say } from '../report.ts';
import type { CityPublished } from './publish-process.ts';
import { measureSite } from './site-load.ts';

const publishProgram = fileURLToPath(new URL('./publish-process.js', import.meta.url));

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
    { name: 'publish.peakMiB', value: each(({ peakMiB }) => peakMiB) },
  ];
}

function measureCity(directory: string, people: number): CityPublished {
  const city = join(directory, `city-${people}`);
  const words = ['--max-old-space-size=4096', publishProgram, city, String(people)];
  const started = performance.now();
  const published: CityPublished = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
  rmSync(city, { recursive: true });
  say(`  ${people} people registered and published: ${Math.round((performance.now() - started) / 1000)} s`);
  return published;
}
