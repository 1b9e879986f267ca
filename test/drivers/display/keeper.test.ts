/** The shell that darkens a text display: bash, and another shell where there is no bash. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const keeper = import.meta.resolve('../../../drivers/display/keeper.js');
/** Shows its screen, and again when it has been stopped. */
const program = `
  import { openSync, writeSync } from 'node:fs';
  import { startKeeper } from '${keeper}';
  const display = openSync(process.argv[1], 'a');
  const show = () => writeSync(display, 'shown ');
  startKeeper(display, 'last 暂停服务 ', show);
  show();`;

/** A folder with these programs alone, for PATH. */
function folderWith(programs: readonly string[], context: TestContext): string {
  const folder = join(temporaryDirectory(context), 'bin');
  mkdirSync(folder);
  for (const name of programs) {
    const path = execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(folder, name));
  }
  return folder;
}

suite('display keeper', test => {
  for (const programs of [['bash'], ['sh', 'timeout', 'head']]) {
    test(`darkens the display of a process that is stopped or killed: ${programs.join(', ')}`, async context => {
      const screen = join(temporaryDirectory(context), 'screen');
      writeFileSync(screen, '');
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program, screen], {
        env: { ...process.env, PATH: folderWith(programs, context), LC_ALL: 'de_DE.UTF-8' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      context.after(() => void child.kill('SIGKILL'));
      const seen = () => readFileSync(screen, 'utf8');
      for (const [signal, end] of [
        [undefined, 'shown '],
        ['SIGSTOP', 'last 暂停服务 '],
        ['SIGCONT', 'shown '],
        ['SIGKILL', 'last 暂停服务 '],
      ] as const) {
        if (signal !== undefined) child.kill(signal);
        await until(`${end}after ${signal}`, () => seen().endsWith(end));
      }
      assert.match(seen(), /^shown .*last 暂停服务 .*shown .*last 暂停服务 $/);
    });
  }
});
