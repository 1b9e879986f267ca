/** `backoffice …`: runs the back office, and imports into it. Each command prints one JSON object on stdout. */
import type { Command } from 'commander';
import { createLog } from '../../device/kit/log.ts';
import { atLeastOne, eachOf, instant, wholeNumber } from '../../device/kit/option-values.ts';
import { say } from '../../device/kit/printable.ts';
import { exitOnCrash, stopOnSignals } from '../../device/kit/process.ts';
import { gtfsLineOption, gtfsOption } from '../../sync/commands/gtfs-options.ts';
import { deniedTable } from '../../sync/publisher/denied-media.ts';
import type { GivenGtfs } from '../../sync/publisher/policy-and-lines.ts';
import { trustZeros } from '../../sync/publisher/table/account.ts';
import { tapsOption } from './intake/open-taps.ts';
import { openExistingOffice } from './office-data.ts';
import { addProvisioningCommands } from './provisioning/commands.ts';
import { acceptsCard } from './store/import-seniors.ts';
import type { Medium } from './store/store.ts';
import { addTapCommands } from './tap-lists/commands.ts';
import { addTripCommands } from './trip-commands.ts';
import { addUplinkCommands } from './uplink/device-commands.ts';
import { addIntakeCommand } from './uplink/intake-command.ts';
import { addMqttOptions, brokerOf, type MqttWords } from './uplink/mqtt-options.ts';

/** A publication that is under way is ended first; supervisors (systemd) wait 90 s. */
const stopLimitMs = 60_000;

interface ServeOptions extends GivenGtfs, MqttWords {
  readonly port: number;
  readonly data: string;
  readonly media?: string;
  readonly sim: boolean;
  readonly openFrom?: number;
  readonly clock?: number;
  readonly policy?: string;
  readonly crewCards?: string;
  readonly denied?: string;
  readonly keyFile?: string;
  readonly rootKey?: string;
  readonly targetsKey?: string;
  readonly codesPerAddressHour?: number;
  readonly testMaxAgeH?: number;
  readonly publishEveryS?: number;
  readonly askEveryS?: number;
  readonly trustProxy?: string;
  readonly https: boolean;
  readonly trustClock: boolean;
  readonly timeFrom?: readonly string[];
  readonly trustZeros?: boolean;
  readonly taps?: readonly string[];
  readonly mqttPort?: number;
}

interface ImportOptions {
  readonly keyFile?: string;
  readonly trustZeros?: boolean;
}

export function addBackOfficeCommands(program: Command): void {
  const office = program
    .command('backoffice')
    .description('the registration site at /, the feed at /feed/, until SIGTERM')
    .enablePositionalOptions()
    .option('--port <n>', 'any free one unless given', wholeNumber, 0)
    .option('--data <dir>', 'where it keeps its data; needed')
    .option('--media <file>', 'who owns what: CSV with the header phone,name,medium,account')
    .option('--trust-zeros', trustZeros)
    .option('--sim', "the simulation's controls at /sim/: whoever reaches them reads every SMS code", false)
    .option(
      '--open-from <instant>',
      'when the site opens, ISO 8601; 2022-05-19T00:00:00+08:00 unless given',
      instant,
    )
    .option('--clock <instant>', "the registration's clock starts there, ISO 8601", instant)
    .option('--policy <file>', 'a policy to publish from now on, YAML')
    .addOption(gtfsOption())
    .addOption(gtfsLineOption())
    .option('--crew-cards <file>', 'CSV with the header medium,account: cards that confirm, from now on')
    .option('--denied <file>', deniedTable)
    .option('--key-file <file>', 'the key for personal data; in DIR-keys beside the data unless given')
    .option('--root-key <file>', "the feed's root key; in DIR-offline beside the data unless given")
    .option('--targets-key <file>', 'the key that signs what is published; with the feed unless given')
    .option(
      '--codes-per-address-hour <n>',
      'SMS codes to one address in an hour that are not entered; 1000 unless given',
      wholeNumber,
    )
    .option('--test-max-age-h <n>', 'a green code with an older test is published as a pop-up', atLeastOne)
    .option(
      '--ask-every-s <n>',
      'how often everybody is asked for; 600 unless given, 5 with --sim',
      atLeastOne,
    )
    .option('--publish-every-s <n>', 'at least this often; 60 unless given', atLeastOne)
    .addOption(tapsOption())
    .option('--mqtt-port <n>', 'validators send their rows to a broker inside, on this port', wholeNumber)
    .option('--trust-clock', 'publish although the last version is dated as if the clock were wrong', false)
    .option(
      '--time-from <url>',
      'an https server whose time the clock must agree with; several may be given',
      eachOf,
    )
    .option('--trust-proxy <addresses>', 'proxies whose X-Forwarded-For is believed')
    .option('--https', 'reached by https, through a proxy: cookies are for https only', false)
    .action((options: ServeOptions) => runBackOffice(needData(office, options)));
  addMqttOptions(office, 'or to this one, mqtts://host:port; once for each node of a cluster');
  office
    .command('import-media')
    .description('add to the register who owns what, or update it')
    .argument('<dir>', "the back office's data")
    .argument('<file>', 'CSV with the header phone,name,medium,account')
    .option('--key-file <file>', 'the key for personal data')
    .option('--trust-zeros', trustZeros)
    .action(async (dir: string, file: string, { keyFile, trustZeros }: ImportOptions) => {
      const data = openExistingOffice(dir, { keyFile });
      const now = Date.now();
      const release = (moved: readonly Medium[]) => data.store.people.release(moved, now);
      const report = data.mediaOwners.importTable(file, now, release, undefined, trustZeros);
      print(await report.finally(data.close));
    });
  office
    .command('import-seniors')
    .description('link cards of senior and disabled passengers without their application')
    .argument('<dir>', "the back office's data")
    .argument('<file>', 'CSV with the header phone,name,medium,account')
    .option('--dry-run', 'only tell what would be done', false)
    .option('--key-file <file>', 'the key for personal data')
    .option('--trust-zeros', trustZeros)
    .action(async (dir: string, file: string, options: ImportOptions & { dryRun: boolean }) =>
      print(await importSeniors(dir, file, options)),
    );
  addTripCommands(office);
  addTapCommands(office);
  addUplinkCommands(office);
  addProvisioningCommands(office);
  addIntakeCommand(office);
}

async function importSeniors(
  dir: string,
  file: string,
  { dryRun, keyFile, trustZeros }: ImportOptions & { dryRun: boolean },
): Promise<object> {
  const data = openExistingOffice(dir, { keyFile });
  const now = Date.now();
  try {
    if (!dryRun) {
      // Their owners can then look up their state and withdraw, as everybody else can.
      const release = (moved: readonly Medium[]) => data.store.people.release(moved, now);
      await data.mediaOwners.importTable(file, now, release, acceptsCard, trustZeros);
    }
    return { dryRun, ...(await data.store.importSeniors(file, { now, isDryRun: dryRun, trustZeros })) };
  } finally {
    await data.close();
  }
}

async function runBackOffice(options: ServeOptions): Promise<void> {
  const log = createLog('info', 'backoffice');
  exitOnCrash(log);
  // The imports need neither, and start much faster without.
  const [{ startBackOffice }, { createSite }] = await Promise.all([
    import('./backoffice.ts'),
    import('./site/site.ts'),
  ]);
  const { clock, codesPerAddressHour, https, openFrom, publishEveryS } = options;
  const offset = clock === undefined ? 0 : clock - Date.now();
  const office = await startBackOffice(
    {
      port: options.port,
      directory: options.data,
      mediaFile: options.media,
      trustZeros: options.trustZeros,
      sim: options.sim,
      opensAt: openFrom === undefined ? undefined : () => openFrom,
      clock: () => Date.now() + offset,
      policyFile: options.policy,
      gtfs: options.gtfs,
      gtfsLine: options.gtfsLine,
      crewCardsFile: options.crewCards,
      deniedFile: options.denied,
      keyFile: options.keyFile,
      rootKey: options.rootKey,
      targetsKey: options.targetsKey,
      codeLimits: codesPerAddressHour === undefined ? {} : { addressPerHour: codesPerAddressHour },
      testMaxAgeH: options.testMaxAgeH,
      // A tester has few people, and does not want to wait for their codes.
      keeping: { askEveryMs: 1000 * (options.askEveryS ?? (options.sim ? 5 : 600)) },
      publishTimes: publishEveryS === undefined ? {} : { everyMs: publishEveryS * 1000 },
      taps: options.taps,
      mqttPort: options.mqttPort,
      mqtt: brokerOf(options),
      shards: options.shards,
      trustProxy: options.trustProxy,
      trustClock: options.trustClock,
      timeFrom: options.timeFrom,
      log,
    },
    registration => createSite(registration, { https, tell: log.error }),
  );
  stopOnSignals(log, stopLimitMs).push(office.close);
  const { url: site, feedUrl: feed, trust, uplink } = office;
  print({
    site,
    feed,
    ...(uplink && { mqtt: uplink.url, office: uplink.office }),
    ...(options.sim ? { sim: `${site}/sim/` } : {}),
    ...trust,
  });
}

function needData(command: Command, options: ServeOptions): ServeOptions {
  if (options.data === undefined) command.error("error: required option '--data <dir>' not specified");
  return options;
}

function print(outcome: object): void {
  say(JSON.stringify(outcome));
}
