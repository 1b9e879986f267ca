/** `monkey`: random use of the simulated bus, held against an oracle. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { positive, wholeNumber } from '../../device/kit/option-values.ts';
import { say } from '../../device/kit/printable.ts';
import { type MonkeyEvent, runMonkey } from './monkey.ts';

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly dir: string;
  readonly shrinkMinutes: number;
  readonly actions: boolean;
  readonly json: boolean;
}

const found = 1;

export function addMonkeyCommand(program: Command): void {
  program
    .command('monkey')
    .description(
      'uses a bus at random, faults and power cuts included, and stops when anything goes against the rules',
    )
    .option('--minutes <n>', 'how long', positive, 10)
    .option('--seed <n>', 'the same seed does the same things in the same order', wholeNumber, 1)
    .option(
      '--dir <directory>',
      'where the bus keeps its files, and the scenario of what was found',
      'build/monkey',
    )
    .option('--shrink-minutes <n>', 'how long to look for the fewest steps that show it', positive, 5)
    .option('--actions', 'tell every action', false)
    .option('--json', 'one JSON object a line on stdout', false)
    .action(async ({ minutes, seed, dir, shrinkMinutes, actions, json }: Options) => {
      const tell = (event: MonkeyEvent) => say(json ? JSON.stringify(event) : describe(event));
      const stop = new AbortController();
      process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort());
      const options = {
        minutes,
        seed,
        directory: resolve(dir),
        shrinkMinutes,
        signal: stop.signal,
        tellsActions: actions,
      };
      if ((await runMonkey(options, tell)) !== undefined) process.exitCode = found;
    });
}

function describe({ event, ...fields }: MonkeyEvent): string {
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [
    event,
    ...lines.map(
      ([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].join('\n');
}
