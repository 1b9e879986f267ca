/** The firmware's command line: exit 2 for wrong usage and for settings that cannot be used, each problem a line. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { exportJournal } from './journal/export-journal.ts';
import { WrongUsage } from './kit/errors.ts';
import { upTo } from './kit/option-values.ts';
import { printable, printableLines, say, sayError } from './kit/printable.ts';
import { addProvisioningCommands, type ProvisioningActions } from './provisioning/commands.ts';
import { readConfig } from './settings/config.ts';
import { isUnusable } from './settings/settings.ts';

const wrongUsage = 2;
const unusable = 2;

/** What the commands do; each loads what it needs. */
export interface Commands extends ProvisioningActions {
  /** Starts the validator with this settings file. */
  run(configFile: string): Promise<void>;
  /** @param hardwareMs how long devices have to answer; 0 asks none */
  check(configFile: string, hardwareMs: number): Promise<{ readonly ok: boolean }>;
  /** How many rows the back office has not acknowledged. */
  unacknowledged(configFile: string): Promise<object>;
}

export async function commandLine({ run, check, unacknowledged, ...provisioning }: Commands): Promise<void> {
  const program = new Command('fare-validator').version(readVersion()).exitOverride();
  program.configureOutput({ writeErr: text => process.stderr.write(printableLines(text)) });
  program
    .command('run')
    .description('run the validator until SIGTERM')
    .requiredOption('--config <file>', 'settings, YAML')
    .action(({ config }: { config: string }) => run(config));
  program
    .command('check')
    .description('say what a start would refuse, and what hardware answers: a JSON object; exit 0 or 2')
    .requiredOption('--config <file>', 'settings, YAML')
    .option('--hardware-s <n>', 'how long devices have to answer, in seconds; 0 asks none', upTo(600), 5)
    .action(async ({ config, hardwareS }: { config: string; hardwareS: number }) =>
      end(await check(config, hardwareS * 1000), ({ ok }) => (ok ? 0 : unusable)),
    );
  addProvisioningCommands(program, provisioning);
  const journal = program.command('journal').description("the validator's journal");
  journal
    .command('export')
    .description('copy its rows, sealed as they are, into one file; the validator may run meanwhile')
    .argument('<out>', 'the file to make')
    .requiredOption('--config <file>', 'settings, YAML')
    .action((out: string, { config }: { config: string }) => {
      process.umask(0o077);
      say(JSON.stringify(exportJournal(readConfig(config).journal, out)));
    });
  journal
    .command('unacknowledged')
    .description('count the rows that the back office has not acknowledged; the validator may run meanwhile')
    .requiredOption('--config <file>', 'settings, YAML')
    .action(async ({ config }: { config: string }) => say(JSON.stringify(await unacknowledged(config))));
  program
    .command('hash-pin')
    .description(
      'read a PIN from the terminal or the input, and print what `console.pin` in the settings is to be',
    )
    .action(async () => say(await (await import('./console/login/ask-pin.ts')).hashOfAskedPin()));
  program
    .command('console-schemas', { hidden: true })
    .description(
      "write the JSON Schemas of the console's script mode into a folder, for docs/formats/console",
    )
    .argument('<folder>')
    .action(async (folder: string) => (await import('./console/schemas.ts')).writeSchemas(folder));
  try {
    await program.parseAsync();
  } catch (error) {
    // exitCode alone is not enough: parts that have been started would keep the process alive.
    process.exit(exitCodeFor(error));
  }
}

/** Prints what came of it, and ends: drivers that were opened may keep the process alive. */
function end<T extends object>(outcome: T, codeFor: (outcome: T) => number): void {
  process.stdout.write(`${printable(JSON.stringify(outcome))}\n`, () => process.exit(codeFor(outcome)));
}

function exitCodeFor(error: unknown): number {
  // commander has already said what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
  if (!isUnusable(error) && !(error instanceof WrongUsage)) throw error;
  sayError(error.message);
  return wrongUsage;
}

/** The firmware's version, from the package it was built in. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.looseObject({ version: z.string() }).parse(manifest).version;
}
