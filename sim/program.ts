/** The testers' program, apart from the process it runs in. Exit 0 done or taken, 1 refused, 2 wrong usage. */
import { Command, CommanderError } from 'commander';
import { DeviceError, messageOf, WrongUsage } from '../device/kit/errors.ts';
import { printableLines, sayError } from '../device/kit/printable.ts';
import { FileProblems } from '../device/kit/yaml-file.ts';

export const wrongUsage = 2;

/** By their first word, so that each command loads only what it runs. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  inspect: async () => (await import('./inspect/commands.ts')).addInspectCommands,
  run: async () => (await import('./run/run-command.ts')).addRunCommand,
  links: async () => (await import('../sync/commands/links-command.ts')).addLinksCommand,
  fare: async () => (await import('./fare/fare-command.ts')).addFareCommand,
  feed: async () => (await import('../sync/commands/feed-command.ts')).addFeedCommands,
  video: async () => (await import('./media/video-command.ts')).addVideoCommand,
  media: async () => (await import('./media/import/media-command.ts')).addMediaCommands,
  voice: async () => (await import('./voice/voice-command.ts')).addVoiceCommand,
  gnss: async () => (await import('./wires/gnss-command.ts')).addGnssCommands,
  backoffice: async () => (await import('./backoffice/commands.ts')).addBackOfficeCommands,
  fleet: async () => (await import('./fleet/fleet-command.ts')).addFleetCommand,
  monkey: async () => (await import('./monkey/command.ts')).addMonkeyCommand,
  scenario: async () => (await import('./scenarios/commands.ts')).addScenarioCommands,
};

/**
 * Runs the command that the words name, and sets the exit code.
 * @throws what is nobody's doing but the program's
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = new Command('sim')
    .description('stands in for all that is around the validator: passengers, readers, back office')
    // An option belongs to the command it stands behind: `backoffice` and its imports share a name.
    .enablePositionalOptions()
    .configureOutput({ writeErr: text => process.stderr.write(printableLines(text)) })
    .exitOverride();
  for (const add of await commandsFor(words[0])) add(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // commander has already said what is wrong with the words.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : wrongUsage;
    else {
      const theirs =
        error instanceof WrongUsage || error instanceof FileProblems || error instanceof DeviceError;
      if (!theirs) throw error;
      sayError(messageOf(error));
      process.exitCode = wrongUsage;
    }
  }
}

/** All of them for any other word: for the help, and for what was meant instead. */
function commandsFor(word = '') {
  const load = Object.hasOwn(commands, word) ? commands[word] : undefined;
  return Promise.all(load === undefined ? Object.values(commands).map(load => load()) : [load()]);
}
