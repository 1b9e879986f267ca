/** `init`, `request` and `provision` on the command line: each prints one JSON object; exit 0 done, 1 refused, 2 wrong usage. */
import { type Command, Option } from 'commander';
import { messageOf, Refused } from '../kit/errors.ts';
import { printable, say } from '../kit/printable.ts';
import { isUnusable } from '../settings/settings.ts';
import { type Door, doors, type SerialRole } from './init/attached.ts';
import type { InitOptions } from './init/init.ts';
import { usualStateDirectory } from './places.ts';

export interface ProvisioningActions {
  provision(file: string, into: string, authority: string | undefined): Promise<object>;
  init(into: string, out: string | undefined, options: InitOptions): Promise<object>;
  request(into: string, device: string | undefined, out: string | undefined, inTpm: boolean): Promise<object>;
}

const refused = 1;
const tpmOption = ['--tpm', "seal a new device key in this machine's TPM 2.0, by tpm2-tools", false] as const;
const intoOption = ['--into <dir>', "the directory of the validator's state", usualStateDirectory] as const;

export function addProvisioningCommands(
  program: Command,
  { provision, request, init }: ProvisioningActions,
): void {
  addInitCommand(program, init);
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
    .option(...tpmOption)
    .action(async ({ into, device, out, tpm }: TypedRequest) => tell(() => request(into, device, out, tpm)));
}

interface TypedRequest {
  readonly into: string;
  readonly device?: string;
  readonly out?: string;
  readonly tpm: boolean;
}

interface TypedInit {
  readonly tpm: boolean;
  readonly into: string;
  readonly request?: string;
  readonly yes: boolean;
  readonly device?: string;
  readonly line?: string;
  readonly door?: Door;
  readonly bus?: string;
  readonly cardReader?: string;
  readonly camera?: string;
  readonly scanner?: string;
  readonly gnss?: string;
  readonly passengerDisplay?: string;
  readonly crewDisplay?: string;
  readonly console?: string;
}

function addInitCommand(program: Command, init: ProvisioningActions['init']): void {
  program
    .command('init')
    .description('ask who this validator is, and write settings for what is plugged in; overwrites nothing')
    .option(...intoOption)
    .option('--request <file>', 'the file to make for the back office: it asks for a bundle')
    .option('--yes', 'ask nothing: take what is found, and what is said here', false)
    .option(...tpmOption)
    .option('--device <name>', "this validator's name, unique in the fleet")
    .option('--line <name>', 'the bus line')
    .addOption(new Option('--door <what>', 'what ride codes mean at this door').choices(doors))
    .option('--bus <number>', "the bus's own number")
    .option('--card-reader <name>', "part of a PC/SC reader's name; any for the first contactless one")
    .option('--camera <device>', 'a camera that reads codes, /dev/videoN')
    .option('--scanner <wire>', 'a scanner, on a tty or tcp://host:port')
    .option('--gnss <wire>', 'a GNSS receiver')
    .option('--passenger-display <wire>', 'a Nextion, or a console as /dev/tty1')
    .option('--crew-display <wire>', 'a Nextion, or a console')
    .option('--console <wire>', 'where technicians attach')
    .action(async ({ into, request, ...typed }: TypedInit) =>
      tell(() => init(into, request, optionsOf(typed))),
    );
}

function optionsOf(typed: Omit<TypedInit, 'into' | 'request'>): InitOptions {
  const { scanner, gnss, passengerDisplay, crewDisplay, console, ...others } = typed;
  const wires: Record<SerialRole, string | undefined> = {
    ...{ scanner, gnss, console },
    'passenger-display': passengerDisplay,
    'crew-display': crewDisplay,
  };
  return {
    ...others,
    serial: Object.fromEntries(Object.entries(wires).filter(([, wire]) => wire !== undefined)),
  };
}

/** What is wrong with what a bundle holds is a refusal too: whoever has brought it cannot mend it here. */
export async function tell(run: () => Promise<object>): Promise<void> {
  try {
    say(printable(JSON.stringify(await run())));
  } catch (error) {
    if (!(error instanceof Refused) && !isUnusable(error) && !isOfTheSystem(error)) throw error;
    say(printable(JSON.stringify({ error: messageOf(error) })));
    process.exitCode = refused;
  }
}

/** A disk that is full, or may not be written. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
