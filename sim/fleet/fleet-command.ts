/** `fleet`: many validators on the uplink at once. Exit 1 if a tap was lost. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { WrongUsage } from '../../device/kit/errors.ts';
import { atLeastOne, eachOf, positive, wholeNumber } from '../../device/kit/option-values.ts';
import { say, sayError } from '../../device/kit/printable.ts';
import { brokerAddress } from '../../device/settings/values.ts';
import { tapsOption } from '../backoffice/intake/open-taps.ts';
import { addAttachCommand, controlOption } from './attach-command.ts';
import { dayS } from './day.ts';
import { type FleetAccount, runFleet } from './fleet.ts';
import type { ShareState } from './worker.ts';

interface Options {
  readonly validators: number;
  readonly broker?: readonly string[];
  readonly certs?: string;
  readonly taps?: readonly string[];
  readonly speed: number;
  readonly seed: number;
  readonly minutes?: number;
  readonly from: string;
  readonly tapsPerDay: number;
  readonly drainMinutes: number;
  readonly threads: number;
  readonly json: boolean;
  readonly control?: string;
}

const lost = 1;
const mostValidators = 100_000;

export function addFleetCommand(program: Command): void {
  const fleet = program.command('fleet').enablePositionalOptions();
  addAttachCommand(fleet);
  fleet
    .description('many validators on the uplink at once, and an account of every tap')
    .option('--validators <n>', 'how many, two on each bus', validators, 1200)
    .option(
      '--broker <url>',
      'mqtt://host:port or mqtts://host:port, again for each node of a cluster; the back office has its own unless given',
      eachOf,
    )
    .option(
      '--certs <dir>',
      'for mqtts: ca.pem, office.pem and office.key, and DEVICE.pem and DEVICE.key of each',
    )
    .addOption(tapsOption())
    .option('--speed <n>', 'so many seconds of the day in one', positive, 1)
    .option('--seed <n>', 'the same seed makes the same day', wholeNumber, 1)
    .option('--minutes <n>', 'ends after so many minutes; after a day unless given', positive)
    .option('--from <hh:mm>', 'the time of day at which it begins', timeOfDay, '07:00')
    .option('--taps-per-day <n>', 'of each validator', atLeastOne, 3000)
    .option('--drain-minutes <n>', 'how long the last rows are waited for', positive, 10)
    .option('--threads <n>', 'that play the validators', atLeastOne, 2)
    .addOption(controlOption())
    .option('--json', 'the account as one JSON object, the last line of stdout', false)
    .action(async (options: Options) => {
      const account = await runFleet(settingsOf(options));
      say(options.json ? JSON.stringify(account) : describe(account));
      if (account.lost > 0 || account.duplicates > 0) process.exitCode = lost;
    });
}

function settingsOf(options: Options) {
  const { validators: count, broker: urls, certs, speed, seed, minutes, tapsPerDay, threads } = options;
  const wrong = urls?.find(url => !brokerAddress.safeParse(url).success);
  if (wrong !== undefined)
    throw new WrongUsage(`--broker ${wrong}: must be mqtt://host or mqtts://host, with :port as needed`);
  if (certs !== undefined && !existsSync(join(certs, 'ca.pem')))
    throw new WrongUsage(`--certs ${certs}: there is no ca.pem`);
  const file = (name: string) => (certs === undefined ? undefined : join(certs, name));
  const pair = (name: string) => ({ cert: file(`${name}.pem`), key: file(`${name}.key`) });
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort());
  return {
    ...{ validators: count, seed, speed, tapsPerDay, threads, fromS: secondsOf(options.from) },
    broker: urls && { url: urls, ca: file('ca.pem'), ...pair('office') },
    taps: options.taps ?? [],
    control: options.control,
    certificateOf: pair,
    lastsS: minutes === undefined ? dayS : minutes * 60 * speed,
    drainS: options.drainMinutes * 60,
    signal: stop.signal,
    progress: tellProgress,
  };
}

/** On a terminal one line that changes, elsewhere a line now and then. */
function tellProgress({ taps, waiting, online }: ShareState): void {
  const line = `${taps} taps, ${waiting} on their way, ${online} validators online`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (Math.floor(performance.now() / 1000) % 10 === 0) sayError(line);
}

function describe({ ackMs, messagesMs, attached, ...account }: FleetAccount): string {
  const ms = (times: FleetAccount['ackMs']) =>
    times === null ? 'none' : `p50 ${times.p50.toFixed(1)} ms, p99 ${times.p99.toFixed(1)} ms`;
  return [
    '',
    `${account.validators} validators, ${account.seconds} s`,
    `taps made              ${account.taps}`,
    `stored                 ${account.stored}`,
    `duplicates             ${account.duplicates}`,
    `lost                   ${account.lost}`,
    `rows sent again        ${account.sentAgain}`,
    ...(attached === undefined
      ? []
      : [`buses run as real ones ${attached.buses}, with ${attached.rows} rows, ${attached.stored} stored`]),
    `tap to acknowledgement ${ms(ackMs)}`,
    `batch to its answer    ${ms(messagesMs.rows)}`,
    `network to welcome     ${ms(messagesMs.welcome)}`,
    `bytes a validator, day ${account.bytesPerValidatorAndDay}`,
  ].join('\n');
}

function validators(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > mostValidators)
    throw new InvalidArgumentError(`must be from 1 to ${mostValidators}`);
  return count;
}

function timeOfDay(text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) throw new InvalidArgumentError('must be like 07:30');
  return text;
}

function secondsOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60;
}
