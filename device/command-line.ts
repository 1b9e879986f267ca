/** The firmware's command line: exit 2 for wrong usage and for settings that cannot be used, each problem a line. */
import { Command, CommanderError } from 'commander';
import { isUnusable } from './settings/read-each.ts';
import { readVersion } from './version.ts';

const wrongUsage = 2;

/** @param run starts the validator with this settings file */
export function commandLine(run: (configFile: string) => void): void {
  const program = new Command('fare-validator').version(readVersion()).exitOverride();
  program
    .command('run')
    .description('run the validator until SIGTERM')
    .requiredOption('--config <file>', 'settings, YAML')
    .action(({ config }: { config: string }) => run(config));
  try {
    program.parse();
  } catch (error) {
    // Not by exitCode alone: parts that have been started already would keep the process.
    process.exit(exitCodeFor(error));
  }
}

function exitCodeFor(error: unknown): number {
  // commander has already said what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
  if (!isUnusable(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  return wrongUsage;
}
