/** `scenario`: checks and runs scenario files, and prints their format. */
import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { atLeastOne, wholeNumber } from '../../device/kit/option-values.ts';
import { say, sayError } from '../../device/kit/printable.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { freePort } from '../wires/free-port.ts';
import { readScenarios, scenarioFiles } from './find-files.ts';
import { scenarioJsonSchema } from './format/schema.ts';
import { describeResult, junitReport, tapHead, tapResult } from './reports.ts';
import type { AllSettings } from './run-all.ts';
import type { ScenarioResult } from './run-scenario.ts';
import { watchFiles } from './watch.ts';

interface RunOptions {
  readonly only?: string;
  readonly tap: boolean;
  readonly junit?: string;
  readonly watch: boolean;
  readonly seed?: number;
  readonly slow?: number | true;
  readonly keep?: string;
  readonly jobs: number;
}

const failed = 1;
const usualSlowS = 1;

export function addScenarioCommands(program: Command): void {
  const scenario = program.command('scenario').description('stories of the bus, written in YAML');
  scenario
    .command('schema')
    .description('the format as JSON Schema, for editors')
    .action(() => say(scenarioJsonSchema().trimEnd()));
  scenario
    .command('check')
    .description('reads scenarios without running them')
    .argument('[paths...]', 'files and directories; those that come with the simulator unless given')
    .action((paths: string[]) => {
      const count = readScenarios(scenarioFiles(paths)).length;
      if (count === 0) throw new WrongUsage('no scenario');
      say(count === 1 ? '1 scenario is well-formed' : `${count} scenarios are well-formed`);
    });
  scenario
    .command('run')
    .description('runs scenarios; exit 0 all as expected, 1 one is not, 2 one cannot be read')
    .argument('[paths...]', 'files and directories; those that come with the simulator unless given')
    .option('--only <part>', 'those whose file or name has this in it')
    .option('--tap', 'TAP 14 on stdout', false)
    .option('--junit <file>', 'a JUnit report into this file')
    .option('--watch', 'runs a file again when it has changed', false)
    .option('--seed <number>', 'in an order that this number gives', wholeNumber)
    .option(
      '--slow [seconds]',
      'waits before each step, to look on in the panel; one scenario at a time',
      positive,
    )
    .option('--keep <directory>', "keeps each bus's files there")
    .option('--jobs <number>', 'how many at a time', atLeastOne, Math.min(2, availableParallelism()))
    .action(runScenarios);
}

async function runScenarios(paths: string[], options: RunOptions): Promise<void> {
  const files = scenarioFiles(paths);
  if (options.junit !== undefined) checkDirectoryOf(options.junit);
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  process.once('SIGINT', () => stop.abort());
  const settings = await settingsOf(options, stop.signal);
  if (settings.panelPort !== undefined) {
    sayError(`panel: http://127.0.0.1:${settings.panelPort}`);
  }
  await runFiles(files, options, settings);
  if (options.watch) await runAgain(files, options, settings);
}

async function runFiles(files: readonly string[], options: RunOptions, settings: AllSettings): Promise<void> {
  const { only = '', tap, junit, seed } = options;
  const scenarios = readScenarios(files).filter(
    ({ file, name }) => file.includes(only) || name.includes(only),
  );
  if (scenarios.length === 0)
    throw new WrongUsage(`no scenario${only === '' ? '' : ` with ${only} in its name`}`);
  // Only what runs needs buses: files with problems are told much sooner without.
  const { runAll } = await import('./run-all.ts');
  let ended = 0;
  const print = (report: string) => say(report.trimEnd());
  if (tap) print(tapHead(scenarios.length));
  const results = await runAll(scenarios, settings, result =>
    print(tap ? tapResult(result, ++ended) : describeResult(result)),
  );
  if (junit !== undefined) writeReport(junit, results);
  const skipped = results.filter(result => result.skipped !== undefined).length;
  const bad = results.filter(({ failures }) => failures.length > 0).length;
  const notRun = scenarios.length - results.length;
  const summary = [
    `${results.length - bad - skipped} as expected, ${bad} not`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(notRun === 0 ? [] : [`${notRun} not run`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ].join(', ');
  say(tap ? `# ${summary}` : summary);
  process.exitCode = bad + notRun > 0 ? failed : 0;
}

/** Runs changed files until the signal. If a file cannot be read, it says so and waits for the next change. */
async function runAgain(files: readonly string[], options: RunOptions, settings: AllSettings): Promise<void> {
  const { signal } = settings;
  let turn: Promise<void> = Promise.resolve();
  const run = async (changed: readonly string[]) => {
    try {
      await runFiles(changed, options, settings);
    } catch (error) {
      if (!(error instanceof FileProblems || error instanceof WrongUsage)) throw error;
      say(messageOf(error));
    }
    if (!signal.aborted) say('waiting for a change');
  };
  watchFiles(files, changed => (turn = turn.then(() => run(changed))), signal);
  say('waiting for a change');
  await new Promise(resolve => signal.addEventListener('abort', resolve));
  await turn;
}

async function settingsOf(options: RunOptions, signal: AbortSignal): Promise<AllSettings> {
  const { seed, jobs, slow, keep } = options;
  const kept = keep !== undefined && { keep };
  if (slow === undefined) return { seed, jobs, slowMs: 0, signal, ...kept };
  const slowMs = (slow === true ? usualSlowS : slow) * 1000;
  // One port for all scenarios: an open page finds the next bus there.
  return { seed, jobs: 1, slowMs, signal, panelPort: await freePort(), ...kept };
}

/** Checks before anything runs; otherwise the tester would learn minutes later that the report cannot be written. */
function checkDirectoryOf(file: string): void {
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new WrongUsage(`${file}: there is no directory ${dirname(file)}`);
  }
}

function writeReport(file: string, results: readonly ScenarioResult[]): void {
  try {
    writeFileSync(file, junitReport(results));
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 3600)) throw new InvalidArgumentError('seconds, more than 0');
  return number;
}
