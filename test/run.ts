/**
 * Runs every *.test.js under build/test (or those whose path contains an argument), each in a process of its own and
 * one more at a time than there are processors, for much of it is waiting, and counts what ran. TEST_JOBS sets another
 * number.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

interface Result {
  readonly file: string;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** What it printed from its first failure on: said again at the end, for a log may be cut in the middle. */
  readonly failure: string;
}

const longestFailure = 4000;

const testDir = import.meta.dirname;
const filter = process.argv[2] ?? '';
const jobs = Number(process.env.TEST_JOBS ?? availableParallelism() + 1);
const files = readdirSync(testDir, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.test.js') && path.includes(filter))
  .sort()
  // The longest are those of sync/: last, they would be waited for alone.
  .reverse();

async function runFile(file: string): Promise<Result> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', join(testDir, file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise(resolve => child.on('close', resolve));
  const count = (label: string) => Number(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const total = count('Total');
  const passed = count('Passed');
  // Where every test of a file wants a package that is missing, which in CI is a failure.
  const allSkipped = total === 0 && code === 0 && output.includes('!!! SKIPPED');
  const failed = Math.max(total - passed, (code === 0 && total > 0) || allSkipped ? 0 : 1);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`\n${file}  (${seconds.toFixed(1)} s)\n${output}`);
  const failure = output.slice(Math.max(0, output.indexOf(' FAIL '))).slice(0, longestFailure);
  return { file, total, passed, failed, seconds, failure };
}

const results: Result[] = [];
const waiting = [...files];
async function work(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
    results.push(await runFile(file));
}
await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));

const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
const passed = sum(result => result.passed);
const failed = sum(result => result.failed) + (sum(result => result.total) > 0 ? 0 : 1);
const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10);
process.stdout.write(`\nslowest: ${slowest.map(r => `${r.file} ${r.seconds.toFixed(0)} s`).join(', ')}\n`);
for (const { file, failure } of results.filter(result => result.failed > 0)) {
  process.stdout.write(`\nfailed: ${file}\n${failure}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
