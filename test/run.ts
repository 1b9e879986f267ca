/**
 * Runs every *.test.js under build/test (or those whose path contains one of the arguments), each in a process of its own, or
 * of some small ones (groups.ts), and three at a time for each processor, for much of it is waiting, and counts what ran. TEST_JOBS sets another number.
 * At the end it repeats the failures and tells what is missing on this machine; build/left-out.txt then has the files that
 * left a test out.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledFirmware } from './bundled-firmware.ts';
import { groupFiles } from './groups.ts';
import { isOnlyNeeding } from './harness.ts';
import { isLeftOut, type LeftOut, readLeftOut, summariseLeftOut } from './left-out.ts';
import { withSourcePlaces } from './source-places.ts';

interface Result {
  /** Several, where they share a process. */
  readonly file: string;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  /** One for each test that was left out. */
  readonly leftOut: readonly LeftOut[];
  readonly seconds: number;
  readonly processorSeconds: number;
  /** What it printed from its first failure on: said again at the end, for a log may be cut in the middle. */
  readonly failure: string;
}

/** To bundle the firmware takes as long as some starts of it. */
const manyFiles = 30;
const longestFailure = 4000;
/** A file whose tests have ended ends by itself, unless something keeps its process alive. */
const lingerMs = 20_000;
/** The tests of one run need a third of it at most. */
const roomBytes = 4 * 2 ** 30;
/** They take longest, so they start first: last, one of them would run alone while the other processors idle. */
const longest = [
  'device/install/package',
  'sim/run/',
  'sim/panel/page-actions',
  'sim/bus/bus-',
  'device/firmware/gnss',
  'device/firmware/bad-',
  'sim/backoffice/site/floods',
  'drivers/card-reader/hosted/hosted',
  'sim/panel/p',
  'sim/panel/first',
  'sim/bus/',
  'sim/scenarios/program',
  'sim/monkey/monkey',
  'device/firmware/',
  'sim/backoffice/site/browser',
  'sim/backoffice/settlement/',
  'sim/backoffice/uplink/',
  'sim/voice/',
  'drivers/card-reader/',
  'sync/',
  'sim/backoffice/',
  'drivers/code-reader/',
  'sim/inspect',
  'sim/media/',
];

const testDir = import.meta.dirname;
const parts = process.argv.length > 2 ? process.argv.slice(2) : [''];
const jobs = Number(process.env.TEST_JOBS ?? 3 * availableParallelism());
const files = readdirSync(testDir, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.test.js') && parts.some(part => path.includes(part)))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/** The tests' files, removed at the end. They lie in memory where that has room: half of the waiting is for a disk's fsync. */
const place = process.env.TMPDIR === undefined && hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();
const scratch = mkdtempSync(join(place, 'tests-'));

/** Many tests start the firmware as a bus has it, bundled: a start takes two thirds of the processor time. A few start what was compiled. */
const firmware = files.length < manyFiles ? {} : { FIRMWARE: await bundledFirmware('test-firmware') };

function hasRoom(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= roomBytes;
  } catch {
    return false;
  }
}

function rank(file: string): number {
  const index = longest.findIndex(part => file.includes(part));
  return index < 0 ? longest.length : index;
}

async function runGroup(group: readonly string[]): Promise<Result> {
  const startedAt = performance.now();
  const [first = ''] = group;
  const file = group.join(' ');
  const program = group.length > 1 ? [join(testDir, 'run-group.js'), ...group] : [join(testDir, first)];
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...firmware,
      TMPDIR: scratch,
      TEST_SHARED: scratch,
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    },
  });
  let printed = '';
  let lingering: NodeJS.Timeout | undefined;
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
      if (/^ {2}Duration:/m.test(chunk)) lingering ??= setTimeout(endLingering, lingerMs);
    });
  }
  function endLingering(): void {
    printed += '\n   FAIL  the tests have ended, but something keeps the process alive (a timer?)\n';
    child.kill('SIGKILL');
    for (const stream of streams) stream.destroy(); // a process that it started may hold the other end
  }
  const code = await new Promise(resolve => child.on('close', resolve));
  clearTimeout(lingering);
  const lines = printed.split('\n');
  const leftOut = lines.filter(isLeftOut).map(readLeftOut);
  const output = withSourcePlaces(lines.filter(line => !isLeftOut(line)).join('\n'));
  const count = (label: string) =>
    Number(new RegExp(`^\\s*${label}:\\s+([\\d.]+)`, 'm').exec(output)?.[1] ?? 0);
  const total = count('Total');
  const passed = count('Passed');
  // Where every test of a file needs something that is missing, which in CI is a failure, or none needs anything.
  const allLeftOut = total === 0 && code === 0 && (leftOut.length > 0 || isOnlyNeeding);
  const failed = Math.max(total - passed, (code === 0 && total > 0) || allLeftOut ? 0 : 1);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`\n${file}  (${seconds.toFixed(1)} s)\n${output}`);
  const failure = output.slice(Math.max(0, output.indexOf(' FAIL '))).slice(0, longestFailure);
  return { file, total, passed, failed, leftOut, seconds, processorSeconds: count('Processor'), failure };
}

const results: Result[] = [];
const waiting = groupFiles(files, file => readFileSync(join(testDir, file), 'utf8'));
async function work(): Promise<void> {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift())
    results.push(await runGroup(group));
}
await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
rmSync(scratch, { recursive: true, force: true });

function nameOf({ file }: Result): string {
  const [first, ...others] = file.split(' ');
  return others.length === 0 ? file : `${first} and ${others.length} others`;
}

function topTen(of: (result: Result) => number): string {
  const top = results.toSorted((a, b) => of(b) - of(a)).slice(0, 10);
  return top.map(result => `${nameOf(result)} ${of(result).toFixed(0)} s`).join(', ');
}

const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
const passed = sum(result => result.passed);
const failed = sum(result => result.failed) + (sum(result => result.total) > 0 ? 0 : 1);
const leftOut = results.flatMap(result => result.leftOut);
const processorSeconds = sum(result => result.processorSeconds);
process.stdout.write(`\nlongest: ${topTen(result => result.seconds)}\n`);
process.stdout.write(
  `processor: ${processorSeconds.toFixed(0)} s, ${topTen(result => result.processorSeconds)}\n`,
);
for (const { file, failure } of results.filter(result => result.failed > 0)) {
  process.stdout.write(`\nfailed: ${file}\n${failure}\n`);
}
const incomplete = results.filter(result => result.leftOut.length > 0).map(({ file }) => `${file}\n`);
writeFileSync(join(testDir, '..', 'left-out.txt'), incomplete.join(''));
if (leftOut.length > 0) process.stdout.write(`\n${summariseLeftOut(leftOut)}\n`);
const skipped = leftOut.length > 0 ? `, ${leftOut.length} skipped` : '';
process.stdout.write(`${passed} passed, ${failed} failed${skipped}\n`);
process.exitCode = failed === 0 ? 0 : 1;
