/**
 * `feed …`: makes, publishes, fetches and asks a feed; one JSON object on stdout each. A subcommand loads what it needs
 * when it runs, for most need little of it.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { mediumKinds } from '../../device/core/medium.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { eachOf, instant, wholeNumber } from '../../device/kit/option-values.ts';
import { sayError } from '../../device/kit/printable.ts';
import { deniedTable } from '../publisher/denied-media.ts';
import type { GivenPlaces } from '../publisher/signing/key-places.ts';
import { trustZeros } from '../publisher/table/account.ts';
import { generatePeople } from '../publisher/table/generate.ts';
import { addDeviceCommands } from './device-command.ts';
import { addFirmwareCommands } from './firmware-command.ts';
import { gtfsLineOption, gtfsOption } from './gtfs-options.ts';
import { printOutcome, printOutcomeOn } from './outcome.ts';
import type { runPublish, runRotate } from './publish.ts';
import type { runLookup } from './sync.ts';

const publishing = () => import('./publish.ts');
const serving = () => import('./serve.ts');
const syncing = () => import('./sync.ts');

type RotateOptions = NonNullable<Parameters<typeof runRotate>[2]> & {
  readonly key: Parameters<typeof runRotate>[1];
};
type InitOptions = GivenPlaces & { readonly epochHours?: number };

const trustClock = 'sign although the last version or the data is dated as if the clock were wrong';
const timeFrom = 'an https server whose time the clock must agree with; several may be given';
const targetsKey = 'where the key lies that signs what is published, from now on';
const firmwareKey = 'where the key lies that signs firmware, from now on';
const keys = ['fleet', 'online', 'targets', 'root', 'firmware'] as const;

export function addFeedCommands(program: Command): void {
  const feed = program.command('feed').description('the signed feed of links, statuses and policy');
  feed
    .command('init')
    .description('make signing keys, the first key epoch, a first validator’s keys file and an empty feed')
    .argument('<dir>', 'a new directory; its public/ is what a web server serves')
    .option('--epoch-hours <n>', 'how long a key epoch lasts; a week unless given', wholeNumber)
    .option('--root-key <file>', 'where the root key is to lie; in DIR-offline beside the feed unless given')
    .option('--targets-key <file>', 'where the key is to lie that signs what is published')
    .action(async (dir: string, { epochHours, ...keyFiles }: InitOptions) => {
      const { runInit, runKeys } = await publishing();
      const outcome = await runInit(dir, epochHours, keyFiles);
      printOutcome(outcome);
      // For a person only: programs read one line of JSON.
      if (process.stderr.isTTY && !('error' in outcome))
        sayError(`keep the root key elsewhere: ${JSON.stringify(runKeys(dir))}`);
    });
  feed
    .command('publish')
    .description('publish a table of people; the next version is the difference to the last')
    .argument('<dir>', 'the feed')
    .requiredOption('--people <file>', 'CSV with the header medium,account,person,status')
    .option('--policy <file>', 'a policy to publish from now on, YAML')
    .option('--lines <file>', 'lines and their stops to publish from now on, YAML')
    .addOption(gtfsOption().conflicts('lines'))
    .addOption(gtfsLineOption())
    .option('--crew-cards <file>', 'CSV with the header medium,account: cards that confirm, from now on')
    .option('--denied <file>', deniedTable)
    .option('--as-of <instant>', 'how fresh the data is, ISO 8601; now unless given', instant)
    .option('--targets-key <file>', targetsKey)
    .option('--trust-zeros', trustZeros)
    .option('--trust-clock', trustClock)
    .option('--time-from <url>', timeFrom, eachOf)
    .action(async (dir: string, options: Parameters<typeof runPublish>[1]) =>
      printOutcomeOn(dir, async () => (await publishing()).runPublish(dir, options)),
    );
  feed
    .command('rotate')
    .description(
      'replace a key: fleet (the next publication begins a key epoch), online or targets (published at once), root, or firmware (the first makes it)',
    )
    .argument('<dir>', 'the feed')
    .addOption(new Option('--key <role>', 'which').choices(keys).makeOptionMandatory())
    .option('--root-key <file>', 'where the root key lies, from now on')
    .option('--targets-key <file>', targetsKey)
    .option('--firmware-key <file>', firmwareKey)
    .option('--trust-clock', trustClock)
    .option('--time-from <url>', timeFrom, eachOf)
    .action(async (dir: string, { key, ...options }: RotateOptions) =>
      printOutcomeOn(dir, async () => (await publishing()).runRotate(dir, key, options)),
    );
  feed
    .command('keys')
    .description('where each key lies, and which a thief would have together')
    .argument('<dir>', 'the feed')
    .action(async (dir: string) => printOutcomeOn(dir, async () => (await publishing()).runKeys(dir)));
  addDeviceCommands(feed);
  addFirmwareCommands(feed);
  feed
    .command('generate')
    .description('make up a table of people, on stdout')
    .requiredOption('--links <n>', 'how many rows', wholeNumber)
    .requiredOption('--seed <n>', 'the same table for the same seed', wholeNumber)
    .option('--out <file>', 'a file to write it to instead')
    .action(async ({ out, ...what }: { links: number; seed: number; out?: string }) => {
      const text = Readable.from(generatePeople(what));
      if (out === undefined) return pipeline(text, process.stdout, { end: false });
      await pipeline(text, createWriteStream(out)).catch(error => {
        throw new WrongUsage(messageOf(error));
      });
      printOutcome({ ...what, out });
    });
  feed
    .command('serve')
    .description('serve a feed over HTTP until SIGTERM')
    .argument('<dir>', 'the feed')
    .option('--port <n>', 'any free one unless given', wholeNumber, 0)
    .action(async (dir: string, { port }: { port: number }) =>
      printOutcomeOn(dir, async () => (await serving()).runServe(dir, port)),
    );
  feed
    .command('sync')
    .description('bring a link cache up to date, once')
    .requiredOption('--from <url>', 'where the feed is served')
    .requiredOption('--root <file>', 'the initial root metadata')
    .requiredOption('--keys <file>', "the validator's keys file")
    .requiredOption('--cache <dir>', "the link cache's directory")
    .action(async (options: { from: string; root: string; keys: string; cache: string }) =>
      printOutcome(await (await syncing()).runSync(options)),
    );
  feed
    .command('lookup')
    .description('what a link cache says of a medium')
    .requiredOption('--cache <dir>', "the link cache's directory")
    .requiredOption('--keys <file>', "the validator's keys file")
    .addOption(new Option('--medium <kind>', 'what is presented').choices(mediumKinds).makeOptionMandatory())
    .requiredOption('--account <number>', 'its account')
    .action(async (options: Parameters<typeof runLookup>[0]) =>
      printOutcome(await (await syncing()).runLookup(options)),
    );
}
