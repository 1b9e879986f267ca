/** `run`: the simulated bus, for a tester at a terminal or a program on stdin. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { phases } from '../../device/core/phase.ts';
import { atLeastOne, instant, portNumber } from '../../device/kit/option-values.ts';
import { mostSpeed, problemOfTime } from '../bus/bus-time.ts';
import { wirings } from '../bus/card-slots.ts';
import { displayKinds } from '../bus/validator-settings.ts';
import { type RunOptions, runBus } from './run.ts';

const refused = 1;

function busTime(text: string): number {
  const at = instant(text);
  const problem = problemOfTime(at);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return at;
}

function busSpeed(text: string): number {
  const speed = atLeastOne(text);
  if (speed > mostSpeed) throw new InvalidArgumentError(`at most ${mostSpeed}`);
  return speed;
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('a bus with two validators and its passengers; commands on stdin where there is no terminal')
    .option('--dir <directory>', 'where the bus keeps its files', 'build/bus')
    .option('--line <line>', 'the line it runs on', '2')
    .option('--gtfs <zip>', 'a GTFS feed, zip or folder, with the line; a few stops of line 2 unless given')
    .addOption(new Option('--phase <phase>', 'what the pilot is at; enforced unless given').choices(phases))
    .option('--at <time>', 'what time it is on the bus, as 2022-05-22T23:50+08:00; now unless given', busTime)
    .option('--speed <n>', 'so many seconds of the bus go by in one, 1 to 60', busSpeed, 1)
    .option('--passengers <file>', 'a passenger list of your own, YAML')
    .addOption(
      new Option('--displays <kind>', 'what the validators show on')
        .choices(displayKinds)
        .default('terminal'),
    )
    .addOption(
      new Option('--wires <wires>', 'how the card readers are wired').choices(wirings).default('vpcd'),
    )
    .option('--panel-port <port>', "the panel's; any free one unless given", portNumber, 0)
    .option('--no-panel', 'without the panel')
    .option('--patient', 'waits long for cards, cameras and outcomes: for a busy machine', false)
    .option('--json', 'one JSON object a line on stdout', false)
    .action(async (options: RunOptions) => {
      if (!(await runBus(options))) process.exitCode = refused;
    });
}
