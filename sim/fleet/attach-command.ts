/** `fleet attach`, and where it finds the fleet. */
import { type Command, Option } from 'commander';
import { portNumber } from '../../device/kit/option-values.ts';
import { attach } from './attach.ts';
import { usualControl } from './control.ts';

type Options = Omit<Parameters<typeof attach>[0], 'validator' | 'control'> & { readonly control?: string };

const refused = 1;

export function controlOption(): Option {
  return new Option(
    '--control <socket>',
    `where a running fleet is asked for a bus; ${usualControl} unless given`,
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
    .action(async (validator: string, { control = usualControl, ...options }: Options) => {
      if (!(await attach({ ...options, control, validator }))) process.exitCode = refused;
    });
}
