/** `backoffice import-journal` and `settle`: what the buses have reported, and what a day of it comes to. */
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { orWrongUsage } from '../../device/kit/errors.ts';
import { wholeNumber } from '../../device/kit/option-values.ts';
import { say, sayError } from '../../device/kit/printable.ts';
import { readEpochs } from '../../sync/publisher/epochs/epoch-keys.ts';
import { importJournal } from './intake/import-journal.ts';
import { catchUpOnce, openTaps, tapsOption } from './intake/open-taps.ts';
import { createIntake } from './intake/take-rows.ts';
import { openTrips, tripPlaces } from './intake/trips-file.ts';
import { officeFeed, openExistingOffice, requireOffice } from './office-data.ts';
import { dayCsv } from './settlement/csv.ts';
import { dayNamed } from './settlement/days.ts';
import { fewestDays, forgetTrips } from './settlement/forget-trips.ts';
import { notePast } from './settlement/past.ts';
import { settleDay } from './settlement/settle-day.ts';
import { type DayAccount, findingsOf } from './settlement/settled-file.ts';
import { accountsByToken, readTacKey, type TacKeys } from './settlement/tac.ts';
import { readTariffs } from './settlement/tariffs.ts';
import { openingOf, uplinkPlaces } from './uplink/office-keys.ts';

interface TapsWords {
  readonly taps?: readonly string[];
}

interface SettleWords extends TapsWords {
  readonly day: string;
  readonly csv?: string;
  readonly html?: string;
  readonly tacKey?: string;
  readonly keyFile?: string;
}

const refused = 1;

export function addTripCommands(office: Command): void {
  addForgetCommand(office);
  office
    .command('import-journal')
    .description("take the rows of a bus's journal")
    .argument('<dir>', "the back office's data")
    .argument('<file>', 'the journal, which is only read')
    .addOption(tapsOption())
    .action(async (dir: string, file: string, { taps }: TapsWords) => {
      const { device, problems, ...counts } = await importInto(dir, file, taps);
      for (const problem of problems) sayError(`${file}: ${problem}`);
      say(JSON.stringify({ device, ...counts }));
      if (counts.refused + counts.broken > 0) process.exitCode = refused;
    });
  office
    .command('settle')
    .description('what a day comes to, from all rows that have come')
    .argument('<dir>', "the back office's data")
    .requiredOption('--day <date>', "one of Beijing's, YYYY-MM-DD")
    .option('--csv <file>', 'writes a table of its lines')
    .option('--html <file>', 'writes it as a page')
    .option(
      '--tac-key <file>',
      'the master key of TACs, {"tac": "32 hex digits"}: checks those of registered cards',
    )
    .option('--key-file <file>', 'the key for personal data, for --tac-key')
    .addOption(tapsOption())
    .action(async (dir: string, words: SettleWords) => {
      const { lines, ...account } = await settle(dir, words);
      if (words.csv !== undefined) write(words.csv, dayCsv({ ...account, lines }));
      if (words.html !== undefined) write(words.html, await pageOf(dir, { ...account, lines }));
      say(JSON.stringify(account));
    });
}

interface ForgetWords extends TapsWords {
  readonly days: number;
}

function addForgetCommand(office: Command): void {
  office
    .command('forget-trips')
    .description('empties what says whose rows are, of days that are settled and old; to be run each night')
    .argument('<dir>', "the back office's data")
    .requiredOption('--days <n>', `after so many, ${fewestDays} at least`, forgetDays)
    .addOption(tapsOption())
    .action(async (dir: string, { days, taps: urls }: ForgetWords) => {
      requireOffice(dir);
      const trips = openTrips(dir);
      const taps = await openTaps(trips, urls);
      try {
        await taps.catchUp();
        const told = await forgetTrips({ dir, trips, store: taps.store, days, now: Date.now() });
        say(JSON.stringify(told));
        if (told.notSettled.length > 0) process.exitCode = refused;
      } finally {
        await taps.close();
        trips.close();
      }
    });
}

function forgetDays(text: string): number {
  const days = wholeNumber(text);
  if (days < fewestDays) throw new InvalidArgumentError(`at least ${fewestDays}`);
  return days;
}

async function importInto(dir: string, file: string, urls: TapsWords['taps']) {
  requireOffice(dir);
  const trips = openTrips(dir);
  const taps = await openTaps(trips, urls);
  try {
    notePast(dir, officeFeed(dir), trips, Date.now());
    return await importJournal(createIntake(taps.store), file, openingOf(uplinkPlaces(dir)));
  } finally {
    await taps.close();
    trips.close();
  }
}

async function settle(dir: string, { day: name, tacKey, keyFile, taps }: SettleWords) {
  const day = dayNamed(name);
  requireOffice(dir);
  const tac = tacKey === undefined ? undefined : await tacKeys(dir, tacKey, keyFile);
  const trips = openTrips(dir);
  try {
    await catchUpOnce(trips, taps);
    notePast(dir, officeFeed(dir), trips, Date.now());
    return settleDay({ dir, trips, tariffs: readTariffs(dir), day, now: Date.now(), tac });
  } finally {
    trips.close();
  }
}

async function tacKeys(dir: string, tacKey: string, keyFile: string | undefined): Promise<TacKeys> {
  const master = readTacKey(tacKey);
  const { mediaOwners, feed, close } = openExistingOffice(dir, { keyFile });
  try {
    return { master, accounts: accountsByToken(mediaOwners.all(), readEpochs(feed).keys) };
  } finally {
    await close();
  }
}

async function pageOf(dir: string, account: DayAccount): Promise<string> {
  const [{ htmlOf }, { DayPage }] = await Promise.all([
    import('./site/answers.ts'),
    import('./settlement/pages/day.tsx'),
  ]);
  const findings = findingsOf(tripPlaces(dir).settled, account.day);
  return htmlOf(DayPage({ account, findings, moreCameAt: undefined, isFile: true }));
}

function write(path: string, text: string): void {
  orWrongUsage(() => writeFileSync(path, text));
}
