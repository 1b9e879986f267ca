/**
 * `make bench`: times the firmware process from outside, at its wires, prints a table and writes build/bench.json.
 *
 * BENCH_TAPS and BENCH_FRAMES shrink the memory run (20,000 each), BENCH_LINKS the feed (20,000,000), for a quick
 * look; BENCH_PEOPLE the registered people to publish (1,000,000 and 20,000,000), 0 for none. BENCH_ONLY names one part:
 * taps, wires, feed or registration. Exits 1 when a required
 * figure is missed or anything went wrong: a missing or different notice, a complaint in the log, a lost row.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { measureDecoding } from './decode.ts';
import { measureFeed } from './feed/main.ts';
import { startFirmwareUnderTest } from './firmware-under-test.ts';
import { fullLoad, type Load, measureMemory } from './memory.ts';
import { measureNotices } from './notice.ts';
import { measureRegistration } from './registration/main.ts';
import { type Figure, report, saveFigures, say } from './report.ts';
import { measureStarts } from './start.ts';
import { createTestStand, type TestStand } from './test-stand.ts';
import { measureChildOverInProcess } from './wires/child-over-in-process.ts';
import { measureLoopLateness } from './wires/main.ts';

const build = resolve(import.meta.dirname, '../..');
const load: Load = { taps: count('BENCH_TAPS', fullLoad), frames: count('BENCH_FRAMES', fullLoad) };
const links = count('BENCH_LINKS', 20_000_000);
const only = process.env.BENCH_ONLY;

/** On the disk of the repository: a temporary directory may be in memory, where fsync costs nothing. */
const directory = mkdtempSync(join(build, 'bench-'));
try {
  const figures = [
    ...(isDue('taps') ? await measureTaps() : []),
    ...(isDue('wires') ? await measureWires() : []),
    ...(isDue('feed') ? await stage('feed', () => measureFeed(join(directory, 'feed'), links)) : []),
    ...(isDue('registration') ? await stage('registration', measureOffice) : []),
  ];
  saveFigures(join(build, 'bench.json'), figures);
  say(
    `load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores: above that, the p99 are the neighbours'`,
  );
  process.exitCode = report(figures) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}

function isDue(part: 'taps' | 'wires' | 'feed' | 'registration'): boolean {
  return only === undefined || only === part;
}

function measureOffice(): Promise<Figure[]> {
  const people = process.env.BENCH_PEOPLE === undefined ? undefined : count('BENCH_PEOPLE', 0);
  const cities = people === undefined ? [1_000_000, 20_000_000] : people > 0 ? [people] : [];
  return measureRegistration(join(directory, 'office'), cities);
}

async function measureTaps(): Promise<Figure[]> {
  const stand = await createTestStand(directory);
  try {
    const firmware = await startFirmwareUnderTest(stand.configFile);
    const atWork = await measureAtWork(stand, firmware.pid).finally(firmware.stop);
    checkJournal(stand);
    const starts = await stage('starts', () => measureStarts(stand.configFile));
    return [...atWork, ...starts, ...(await stage('decoding', measureDecoding))];
  } finally {
    await stand.close();
  }
}

async function measureWires(): Promise<Figure[]> {
  const child = await stage('card reader in a process of its own', () =>
    measureChildOverInProcess(join(directory, 'child')),
  );
  return [...child, ...(await stage('busy wires', () => measureLoopLateness(join(directory, 'busy'))))];
}

async function measureAtWork(stand: TestStand, pid: number): Promise<Figure[]> {
  const notices = await stage('notices', () => measureNotices(stand, directory));
  return [...notices, ...(await stage('memory', () => measureMemory(stand, pid, load)))];
}

async function stage(name: string, measure: () => Promise<Figure[]>): Promise<Figure[]> {
  const started = performance.now();
  const figures = await measure();
  say(`${name}: ${Math.round((performance.now() - started) / 1000)} s`);
  return figures;
}

/** Each notice has its row. */
function checkJournal({ journalFile, presented }: TestStand): void {
  const journal = new Database(journalFile, { readonly: true });
  const rows = journal.prepare('SELECT count(*) FROM tap').pluck().get();
  journal.close();
  if (rows !== presented) throw new Error(`${presented} notices, but ${rows} rows in the journal`);
}

function count(variable: string, usual: number): number {
  const number = Number(process.env[variable] ?? usual);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${variable} must be a whole number`);
  return number;
}
