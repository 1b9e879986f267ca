/**
 * `make bench`: times the firmware process, bundled as on a bus unless FIRMWARE names another, from outside, at its wires, prints a table and writes build/bench.json.
 *
 * BENCH_TAPS and BENCH_FRAMES shrink the memory run (20,000 each), BENCH_LINKS the feed (20,000,000), for a quick
 * look; BENCH_PEOPLE the registered people to publish (1,000,000 and 20,000,000), 0 for none. BENCH_ONLY names one part:
 * taps, wires, feed, registration, fare, uplink or install; BENCH_RIDES has one day of so many rides settled, instead of 0.1, 1 and 10
 * million, BENCH_PURCHASES so many purchases in a row (100,000).
 *
 * Exits 1 when a required figure is missed or anything went wrong: a missing or different notice, a complaint in the
 * log, a lost row. What went wrong costs its own figures only; those of all other measurements are shown and written.
 */
import { resolve } from 'node:path';
import { bundledFirmware } from '../bundled-firmware.ts';
import { type PartProgram, runBench } from './run-bench.ts';

const parts: readonly PartProgram[] = [
  part('taps', ['fsyncInsertMs', 'journal.', 'card.', 'code.', 'memory.', 'start.readyMs']),
  part('wires', ['wires.']),
  part('feed', ['feed.', 'cache.']),
  part('registration', ['registration.', 'publish.']),
  part('fare', ['fare.']),
  part('uplink', ['uplink.']),
  part('install', ['install.', 'start.firstTapMs', 'idle.']),
];

const only = process.env.BENCH_ONLY;
const due = parts.filter(({ name }) => only === undefined || only === name);
if (due.length === 0) throw new Error(`BENCH_ONLY: one of ${parts.map(({ name }) => name).join(', ')}`);
process.env.FIRMWARE ??= await bundledFirmware('bench-firmware');
const build = resolve(import.meta.dirname, '../..');
process.exitCode = (await runBench(due, resolve(build, 'bench.json'))) ? 0 : 1;

function part(name: string, figures: readonly string[]): PartProgram {
  return { name, figures, program: new URL(`./${name}/main.js`, import.meta.url) };
}
