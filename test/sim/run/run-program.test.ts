/** The program around the bus: what it refuses, how it ends, what it says as data. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lockDirectory } from '../../../sync/directory-lock.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim, simProgram } from '../run-sim.ts';
import { type Line, runBus, verdicts } from './run-bus.ts';

/** Runs the bus as a program, with these commands and one that waits; @returns what it has said, and how SIGTERM ends it. */
function startWaiting(context: TestContext, directory: string, commands: readonly string[]) {
  const words = [simProgram, 'run', '--json', '--patient', '--dir', directory];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  child.stdin.write([...commands, 'wait 3600', ''].join('\n'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output += chunk;
  });
  return {
    lines: () =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line): Line => JSON.parse(line)),
    async end(): Promise<unknown> {
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      return code;
    },
  };
}

suite('the simulated bus as a program', test => {
  test('what cannot be carried out is said, the rest is done, and the exit code tells', async context => {
    const commands = [
      'bogus',
      'tap middle wang',
      'tap front nobody',
      'gnss front stop 99',
      'gnss front at 91,0',
      'gnss rear offset',
      'gnss rear toString',
      'tap front wang',
    ];
    const { code, events } = await runBus(context, commands, '--phase', 'registration');
    const errors = events.filter(({ answer }) => answer === 'error').map(({ message }) => message);
    assert.is(errors.length, 7);
    assert.match(String(errors[1]), 'front, rear');
    assert.equal(verdicts(events), ['wang: not-checked date']);
    assert.is(code, 1);
  });

  test('without any command it runs until SIGTERM', async context => {
    const child = spawn(process.execPath, [simProgram, 'run', '--dir', temporaryDirectory(context)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => child.kill('SIGKILL'));
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', chunk => {
      output += chunk;
    });
    await until('both consoles', () =>
      /front: serial console: socat[\s\S]*rear: serial console: socat/.test(output),
    );
    assert.is(child.exitCode, null);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.is(code, 0);
  });

  test('SIGTERM while it starts', async context => {
    const directory = temporaryDirectory(context);
    const { end } = startWaiting(context, directory, []);
    await until('the moment', () => existsSync(join(directory, 'rear', 'config.yaml')));
    assert.is(await end(), 0);
  });

  test('answers as data are as docs/testing.md has them; SIGTERM while a command waits', async context => {
    const page = readFileSync(new URL('../../../../docs/testing.md', import.meta.url), 'utf8');
    const [, typed = '', shown = ''] =
      /### Answers as data[\s\S]*?```sh\nprintf '%s\\n' (.*?) \|[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ??
      [];
    const commands = [...typed.matchAll(/'([^']*)'/g)].map(([, command = '']) => command);
    const documented = shown
      .trim()
      .split('\n')
      .map((line): Line => JSON.parse(line));
    assert.is(documented.length, 3);
    const waiting = startWaiting(context, temporaryDirectory(context), commands);
    const answersNow = () => waiting.lines().filter(({ id }) => id !== undefined);
    const answers = await until('the answers', () => {
      const answers = answersNow();
      return answers.length >= documented.length && answers;
    });
    // One of them is an error.
    assert.is(await waiting.end(), 1);
    assert.is(answersNow().length, documented.length);
    assert.equal(
      answers.map(({ id, command, answer }) => ({ id, command, answer })),
      documented.map(({ id, command, answer }) => ({ id, command, answer })),
    );
    for (const [i, line] of documented.entries()) {
      for (const [key, value] of Object.entries(line)) {
        assert.is(typeof answers[i]?.[key], typeof value, `${line.command}: ${key}`);
      }
    }
  });

  test('a passenger list that is wrong: exit 2, every problem', async context => {
    const directory = temporaryDirectory(context);
    const list = join(directory, 'p.yaml');
    const wrong = [
      '{id: A, medium: bmac}',
      '{id: b, medium: gold}',
      '{id: c, medium: bmac, balanceFen: 4294967296}',
    ];
    writeFileSync(list, `passengers:\n${wrong.map(passenger => `  - ${passenger}\n`).join('')}`);
    const { code, errors } = await runSim(['run', '--dir', directory, '--passengers', list]);
    assert.is(code, 2);
    assert.match(errors, /line 2[\s\S]*line 3[\s\S]*line 4/);
  });

  test('the name that the Nextion displays had before: exit 2, and the one they have now', async context => {
    const { code, errors } = await runSim([
      'run',
      '--dir',
      temporaryDirectory(context),
      '--displays',
      'panel',
    ]);
    assert.is(code, 2);
    assert.match(errors, /'panel' is invalid. Allowed choices are terminal, nextion/);
  });

  test('a directory that cannot be made, or has a bus in it already: exit 2', async context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const unlock = lockDirectory(directory);
    for (const [dir, why] of [
      [file, /file: /],
      [directory, /another bus is running here/],
    ] as const) {
      const { code, errors } = await runSim(['run', '--dir', dir]);
      assert.is(code, 2);
      assert.match(errors, why);
    }
    unlock?.();
  });
});
