/** `backoffice intake`: takes validators' rows beside the back office, and does nothing else. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { createLog } from '../../../device/kit/log.ts';
import { say } from '../../../device/kit/printable.ts';
import { exitOnCrash, stopOnSignals } from '../../../device/kit/process.ts';
import { openTaps, tapsOption } from '../intake/open-taps.ts';
import { openTrips } from '../intake/trips-file.ts';
import { addMqttOptions, brokerOf, type MqttWords } from './mqtt-options.ts';
import { uplinkPlaces } from './office-keys.ts';
import { openUplink } from './open-uplink.ts';

interface Words extends MqttWords {
  readonly taps?: readonly string[];
}

/** For what has come and is not stored. */
const stopLimitMs = 30_000;

export function addIntakeCommand(office: Command): void {
  const intake = office
    .command('intake')
    .description("take validators' rows beside the back office, until SIGTERM")
    .argument('<dir>', 'with a copy of `uplink` of the back office’s data')
    .addOption(tapsOption());
  addMqttOptions(
    intake,
    "the back office's broker, mqtts://host:port; once for each node of a cluster",
  ).action((dir: string, words: Words) => runIntake(dir, words));
}

async function runIntake(dir: string, words: Words): Promise<void> {
  const mqtt = brokerOf(words);
  if (mqtt === undefined) throw new WrongUsage('--mqtt is needed: the broker that validators reach');
  // It must not make keys of its own, for which nobody seals.
  if (!existsSync(uplinkPlaces(dir).keys))
    throw new WrongUsage(`${uplinkPlaces(dir).keys}: the back office's keys are not here`);
  const log = createLog('info', 'intake');
  exitOnCrash(log);
  const trips = openTrips(dir);
  const taps = await openTaps(trips, words.taps);
  const choice = { mqtt, shards: words.shards };
  const parts = { directory: dir, taps: taps.store, feedVersion: () => null, log, now: Date.now };
  const uplink = await openUplink(choice, parts);
  stopOnSignals(log, stopLimitMs).push(
    () => trips.close(),
    () => taps.close(),
    () => uplink?.close(),
  );
  say(JSON.stringify({ mqtt: uplink?.url, shards: words.shards ?? 'all' }));
}
