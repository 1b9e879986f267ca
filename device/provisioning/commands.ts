/** `provision` and `request` on the command line: each prints one JSON object; exit 0 done, 1 refused, 2 wrong usage. */
import type { Command } from 'commander';
import { messageOf, Refused } from '../kit/errors.ts';
import { printable, say } from '../kit/printable.ts';
import { isUnusable } from '../settings/settings.ts';
import { usualStateDirectory } from './places.ts';

export interface ProvisioningActions {
  provision(file: string, into: string, authority: string | undefined): Promise<object>;
  request(into: string, device: string | undefined, out: string | undefined): Promise<object>;
}

const refused = 1;
const intoOption = ['--into <dir>', "the directory of the validator's state", usualStateDirectory] as const;

export function addProvisioningCommands(program: Command, { provision, request }: ProvisioningActions): void {
  program
    .command('provision')
    .description('check a bundle of the back office, and install it whole or not at all')
    .argument('<file>', 'the bundle')
    .option(...intoOption)
    .option('--authority <fingerprint>', 'whom to obey from now on, as the back office reads it out')
    .action(async (file: string, { into, authority }: { into: string; authority?: string }) =>
      tell(() => provision(file, into, authority)),
    );
  program
    .command('request')
    .description('ask for a bundle: a file for the back office, and a fingerprint to read out')
    .option(...intoOption)
    .option('--device <name>', "this validator's name: makes its keys, where it has none")
    .option('--out <file>', 'the file to make')
    .action(async ({ into, device, out }: { into: string; device?: string; out?: string }) =>
      tell(() => request(into, device, out)),
    );
}

/** What is wrong with what a bundle holds is a refusal too: whoever has brought it cannot mend it here. */
export async function tell(run: () => Promise<object>): Promise<void> {
  try {
    say(printable(JSON.stringify(await run())));
  } catch (error) {
    if (!(error instanceof Refused) && !isUnusable(error)) throw error;
    say(printable(JSON.stringify({ error: messageOf(error) })));
    process.exitCode = refused;
  }
}
