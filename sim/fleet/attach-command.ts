/** `fleet attach`, and where it finds the fleet. */
import { type Command, Option } from 'commander';
import { portNumber } from '../../device/kit/option-values.ts';
import { attach } from './attach.ts';

type Options = Omit<Parameters<typeof attach>[0], 'validator'>;

const refused = 1;

export function controlOption(): Option {
  return new Option('--control <socket>', 'where a running fleet is asked for a bus').default(
    'build/fleet.sock',
  );
}

export function addAttachCommand(fleet: Command): void {
  fleet
    .command('attach')
    .description(
      'a validator’s bus out of the running fleet, as a real one with its panel; at the end it goes back',
    )
    .argument('<validator>', 'its number, from 1, or its name')
    .addOption(controlOption())
    .option('--panel-port <port>', "the panel's; any free one unless given", portNumber, 0)
    .option('--no-panel', 'without the panel')
    .option('--patient', 'waits long for cards, cameras and outcomes: for a busy machine', false)
    .option('--json', 'one JSON object a line on stdout', false)
    .action(async (validator: string, options: Options) => {
      if (!(await attach({ ...options, validator }))) process.exitCode = refused;
    });
}
