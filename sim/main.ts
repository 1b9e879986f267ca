/** The testers' program. Exit 0 done or taken, 1 refused, 2 wrong usage. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DeviceError, messageOf } from '../device/errors.ts';
import { FileProblems } from '../device/settings/yaml-file.ts';
import { readFleetKeys } from '../sync/fleet-keys.ts';
import { addBackOfficeCommands } from './backoffice/commands.ts';
import { type RunOptions, runBus } from './bus/run.ts';
import { phases } from './bus/trust-and-policy.ts';
import { displayKinds } from './bus/validator-post.ts';
import { addFeedCommands } from './feed/commands.ts';
import { addGnssCommands } from './gnss/commands.ts';
import { inspectCard } from './inspect/card.ts';
import { type InspectCodeOptions, type Inspection, inspectCode } from './inspect/code.ts';
import { buildLinkCache } from './links/build.ts';
import { parsePeople } from './links/people.ts';
import { addMonkeyCommand } from './monkey/command.ts';
import { portNumber } from './option-values.ts';
import { readInput } from './read-input.ts';
import { addScenarioCommands } from './scenarios/commands.ts';
import { addVideoCommand } from './video.ts';
import { WrongUsage } from './wrong-usage.ts';

const refused = 1;
const wrongUsage = 2;
const wirings = ['vpcd', 'pcsc'];
const maxPeopleBytes = 256 << 20;

const program = new Command('sim')
  .description('stands in for all that is around the validator: passengers, readers, back office')
  // An option belongs to the command it stands behind: `backoffice` and its imports share a name.
  .enablePositionalOptions()
  .exitOverride();

const inspect = program.command('inspect').description('what the firmware makes of one medium, as JSON');
inspect
  .command('code')
  .requiredOption('--trust <file>', 'root authorities, {"rootRecords": ["<144 bytes in hex>", …]}')
  .option('--at <instant>', 'the time of the check, ISO 8601; now unless given', instant)
  .option('--hex <hex>', 'the code in hex')
  .option('--bin <file>', 'a file of the raw code')
  .option('--frame <file>', 'a PNG picture of the code')
  .action(async (options: Omit<InspectCodeOptions, 'at'> & { at?: number }) => {
    print(await inspectCode({ ...options, at: options.at ?? Date.now() }));
  });
inspect
  .command('card')
  .argument('<image>', 'card image file, JSON')
  .option('--at <instant>', 'the time of the check, ISO 8601; now unless given', instant)
  .action((image: string, { at }: { at?: number }) => print(inspectCard(image, at ?? Date.now())));

program
  .command('run')
  .description('a bus with two validators and its passengers; commands on stdin where there is no terminal')
  .option('--dir <directory>', 'where the bus keeps its files', 'build/bus')
  .option('--line <line>', 'the line it runs on', '2')
  .addOption(new Option('--phase <phase>', 'what the pilot is at').choices(phases).default('enforced'))
  .option('--passengers <file>', 'a passenger list of your own, YAML')
  .addOption(
    new Option('--displays <kind>', 'what the validators show on').choices(displayKinds).default('terminal'),
  )
  .addOption(new Option('--wires <wires>', 'how the card readers are wired').choices(wirings).default('vpcd'))
  .option('--panel-port <port>', "the panel's; any free one unless given", portNumber, 0)
  .option('--no-panel', 'without the panel')
  .option('--json', 'one JSON object a line on stdout', false)
  .action(async (options: RunOptions) => {
    if (!(await runBus(options))) process.exitCode = refused;
  });

const links = program.command('links').description('the link cache of a validator');
links
  .command('build')
  .description('make a link cache from a table of people')
  .requiredOption('--people <file>', 'CSV with the header medium,account,person,status')
  .requiredOption('--keys <file>', 'the fleet keys; the first one is used')
  .requiredOption('--out <directory>', 'the link cache to write')
  .option('--as-of <instant>', 'how fresh the data is, ISO 8601; now unless given', instant)
  .action((options: { people: string; keys: string; out: string; asOf?: number }) => {
    const people = parsePeople(readInput(options.people, maxPeopleBytes).toString('utf8'), options.people);
    const [key] = readFleetKeys(options.keys);
    const built = buildLinkCache(options.out, people, key, options.asOf ?? Date.now());
    process.stdout.write(`${JSON.stringify(built)}\n`);
  });

addFeedCommands(program, instant);
addVideoCommand(program);
addGnssCommands(program);
addBackOfficeCommands(program, instant);
addMonkeyCommand(program);
addScenarioCommands(program);

function print({ accepted, result }: Inspection): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!accepted) process.exitCode = refused;
}

/** ISO 8601 → Unix milliseconds; without a time zone it is UTC. Date.parse takes 30 February for 2 March. */
function instant(text: string): number {
  const [whole, , zone] =
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const at =
    whole === undefined
      ? Number.NaN
      : Date.parse(zone === undefined && whole.includes('T') ? `${whole}Z` : whole);
  if (Number.isNaN(at) || !isDay(text.slice(0, 10)))
    throw new InvalidArgumentError('ISO 8601, e.g. 2022-06-01T08:00:00+08:00');
  return at;
}

function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

process.stdout.on('error', error => {
  process.stderr.write(`standard output: ${error.message}\n`);
  process.exit(wrongUsage);
});

try {
  await program.parseAsync();
} catch (error) {
  // commander has already said what is wrong with the words.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : wrongUsage;
  else {
    const theirs =
      error instanceof WrongUsage || error instanceof FileProblems || error instanceof DeviceError;
    if (!theirs) throw error;
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = wrongUsage;
  }
}
