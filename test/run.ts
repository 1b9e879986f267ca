/** Runs every *.test.js under build/test (or those whose path contains an argument) and counts what ran. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const testDir = import.meta.dirname;
const filter = process.argv[2] ?? '';
const files = readdirSync(testDir, { recursive: true, encoding: 'utf8' }).filter(
  path => path.endsWith('.test.js') && path.includes(filter),
);
const uvuBin = fileURLToPath(import.meta.resolve('uvu').replace(/dist\/.*$/, 'bin.js'));
const pattern =
  filter === '' ? String.raw`\.test\.js$` : files.map(f => `${f.replace(/[.\\]/g, '\\$&')}$`).join('|');

const uvu = spawn(
  process.execPath,
  ['--enable-source-maps', uvuBin, ...(process.stdout.isTTY ? [] : ['--no-color']), testDir, pattern],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
let output = '';
uvu.stdout.setEncoding('utf8');
uvu.stdout.on('data', (chunk: string) => {
  output += chunk;
  process.stdout.write(chunk);
});
uvu.on('close', code => {
  const count = (label: string) => Number(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const total = count('Total');
  const passed = count('Passed');
  const failed = Math.max(total - passed, code === 0 && total > 0 ? 0 : 1);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
});
