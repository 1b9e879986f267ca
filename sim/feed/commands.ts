/** `feed …`: makes, publishes, fetches and asks a feed; one JSON object on stdout each. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { mediumKinds } from '../../device/core/medium.ts';
import { messageOf } from '../../device/errors.ts';
import { generatePeople } from '../backoffice/publisher/generate.ts';
import { wholeNumber } from '../option-values.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { runInit, runPublish, runRotate } from './publish.ts';
import { runServe } from './serve.ts';
import { runLookup, runSync } from './sync.ts';

const refused = 1;

/** What a command came to: its JSON object; refused where it has an `error`. */
export type Outcome = Readonly<Record<string, unknown>>;

/** @param instant parses ISO 8601 to Unix milliseconds */
export function addFeedCommands(program: Command, instant: (text: string) => number): void {
  const feed = program.command('feed').description('the signed feed of links, statuses and policy');
  feed
    .command('init')
    .description('make signing keys, a fleet key and an empty feed')
    .argument('<dir>', 'a new directory; its public/ is what a web server serves')
    .action((dir: string) => print(runInit(dir)));
  feed
    .command('publish')
    .description('publish a table of people; the next version is the difference to the last')
    .argument('<dir>', 'the feed')
    .requiredOption('--people <file>', 'CSV with the header medium,account,person,status')
    .option('--policy <file>', 'a policy to publish from now on, YAML')
    .option('--lines <file>', 'lines and their stops to publish from now on, YAML')
    .option('--as-of <instant>', 'how fresh the data is, ISO 8601; now unless given', instant)
    .action(
      async (dir: string, options: { people: string; policy?: string; lines?: string; asOf?: number }) =>
        print(await runPublish(dir, options)),
    );
  feed
    .command('rotate')
    .description(
      'replace a key: fleet (the next publication is a snapshot), online (published at once) or root',
    )
    .argument('<dir>', 'the feed')
    .addOption(new Option('--key <role>', 'which').choices(['fleet', 'online', 'root']).makeOptionMandatory())
    .action((dir: string, { key }: { key: 'fleet' | 'online' | 'root' }) => print(runRotate(dir, key)));
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
      print({ ...what, out });
    });
  feed
    .command('serve')
    .description('serve a feed over HTTP until SIGTERM')
    .argument('<dir>', 'the feed')
    .option('--port <n>', 'any free one unless given', wholeNumber, 0)
    .action(async (dir: string, { port }: { port: number }) => print(await runServe(dir, port)));
  feed
    .command('sync')
    .description('bring a link cache up to date, once')
    .requiredOption('--from <url>', 'where the feed is served')
    .requiredOption('--root <file>', 'the initial root metadata')
    .requiredOption('--keys <file>', 'the fleet keys')
    .requiredOption('--cache <dir>', "the link cache's directory")
    .action(async (options: { from: string; root: string; keys: string; cache: string }) =>
      print(await runSync(options)),
    );
  feed
    .command('lookup')
    .description('what a link cache says of a medium')
    .requiredOption('--cache <dir>', "the link cache's directory")
    .requiredOption('--keys <file>', 'the fleet keys')
    .addOption(new Option('--medium <kind>', 'what is presented').choices(mediumKinds).makeOptionMandatory())
    .requiredOption('--account <number>', 'its account')
    .action((options: Parameters<typeof runLookup>[0]) => print(runLookup(options)));
}

function print(outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  if ('error' in outcome) process.exitCode = refused;
}
