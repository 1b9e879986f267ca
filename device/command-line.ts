/** The firmware's command line: exit 2 for wrong usage and for settings that cannot be used, each problem a line. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { exportJournal } from './journal/export-journal.ts';
import { printableLines, say, sayError } from './kit/printable.ts';
import { readConfig } from './settings/config.ts';
import { isUnusable } from './settings/settings.ts';

const wrongUsage = 2;

/** @param run starts the validator with this settings file */
export async function commandLine(run: (configFile: string) => Promise<void>): Promise<void> {
  const program = new Command('fare-validator').version(readVersion()).exitOverride();
  program.configureOutput({ writeErr: text => process.stderr.write(printableLines(text)) });
  program
    .command('run')
    .description('run the validator until SIGTERM')
    .requiredOption('--config <file>', 'settings, YAML')
    .action(({ config }: { config: string }) => run(config));
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
  try {
    await program.parseAsync();
  } catch (error) {
    // exitCode alone is not enough: parts that have been started would keep the process alive.
    process.exit(exitCodeFor(error));
  }
}

function exitCodeFor(error: unknown): number {
  // commander has already said what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
  if (!isUnusable(error)) throw error;
  sayError(error.message);
  return wrongUsage;
}

/** The firmware's version, from the package it was built in. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.looseObject({ version: z.string() }).parse(manifest).version;
}
