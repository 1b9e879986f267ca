/** The back office's part of the bench: registrations through the real site, and a city's people published. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, runPart } from '../part.ts';
import { type Figure, say } from '../report.ts';
import type { CityPublished } from './publish-process.ts';
import { measureSite } from './site-load.ts';

const fillProgram = fileURLToPath(new URL('./fill-process.js', import.meta.url));
const publishProgram = fileURLToPath(new URL('./publish-process.js', import.meta.url));
/** How many people each has, for the figures that count. */
const usualCities = [1_000_000, 20_000_000];
/** Health codes that are others at one publication: more than any ordinary minute brings. */
const changedShare = 0.01;
/** What a back office's machine can spare. */
const reasonableMiB = 4096;

await runPart(async ({ directory, measure }) => {
  const asked = count('BENCH_PEOPLE', 0);
  const cities = process.env.BENCH_PEOPLE === undefined ? usualCities : [asked].filter(people => people > 0);
  await measure('site', () => measureSite(join(directory, 'site')));
  const published: [people: number, city: CityPublished][] = [];
  for (const people of cities) {
    await measure(`${people} people`, async () => {
      published.push([people, measureCity(directory, people)]);
      return [];
    });
  }
  if (published.length > 0) await measure('publishing', async () => figuresOf(published));
});

function figuresOf(published: readonly (readonly [number, CityPublished])[]): Figure[] {
  const each = (of: (city: CityPublished) => number) =>
    Object.fromEntries(published.map(([people, city]) => [people, of(city)]));
  return [
    { name: 'publish.seconds', value: each(({ snapshotS }) => snapshotS) },
    { name: 'publish.changesSeconds', value: each(({ changesS }) => changesS) },
    { name: 'publish.settledPerS', value: each(({ settledPerS }) => settledPerS) },
    {
      name: 'publish.peakMiB',
      value: each(({ peakMiB }) => peakMiB),
      required: { atMost: each(() => reasonableMiB) },
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
