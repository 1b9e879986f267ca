/**
 * The back office's part of the bench: registrations through all three steps, and a city's people published.
 *
 * The opening day was to bring 2 million registrations, a quarter of them in the first hour: 140 a second.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, say } from '../report.ts';
import { quantile, quantilesOf } from '../statistics.ts';
import { atRate, saturated } from './load.ts';
import { openPaths } from './paths.ts';
import type { CityPublished } from './publish-process.ts';

const openingDayPerS = 140;
const rates = [35, openingDayPerS, 280, 560, 1120, 2240];
const passengers = 100_000;
const secondsEach = 5;
const atOnce = 64;
/** Where the quickest no longer is: the machine has stopped keeping up. */
const hopelessMs = 2000;
const publishProgram = fileURLToPath(new URL('./publish-process.js', import.meta.url));

/** @param cities how many people each has: 1 and 20 million for the figures that count */
export async function measureRegistration(directory: string, cities: readonly number[]): Promise<Figure[]> {
  mkdirSync(directory, { recursive: true });
  return [
    ...(await measurePaths(join(directory, 'paths'))),
    ...(cities.length > 0 ? measureCities(directory, cities) : []),
  ];
}

async function measurePaths(directory: string): Promise<Figure[]> {
  mkdirSync(directory, { recursive: true });
  const paths = await openPaths(directory, passengers);
  try {
    await atRate(paths, openingDayPerS, 1);
    const p99: Record<string, number> = {};
    for (const rate of rates) {
      const samples = await atRate(paths, rate, secondsEach);
      const { p50, p99: slow } = quantilesOf(samples);
      p99[rate] = quantile(samples, 0.99);
      say(`  ${rate} registrations a second: p50 ${p50.toFixed(1)} ms, p99 ${slow.toFixed(1)} ms`);
      if (p50 > hopelessMs) break;
    }
    const perS = await saturated(paths, atOnce, secondsEach);
    return [
      { name: 'registration.perS', value: perS, required: { atLeast: openingDayPerS } },
      { name: 'registration.p99Ms', value: p99[openingDayPerS] ?? Number.NaN },
      { name: 'registration.p99MsAtRate', value: p99 },
    ];
  } finally {
    await paths.close();
    rmSync(directory, { recursive: true });
  }
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
