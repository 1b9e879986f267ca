/** The fleet's back office: the program itself, with its broker inside or another one, and what its store holds in the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WrongUsage } from '../../device/kit/errors.ts';
import type { BrokerAddresses } from '../../sync/uplink/brokers.ts';
import { newSeed, publicHalfOf } from '../../sync/uplink/ed25519.ts';
import { type OfficeKeys, type OwnKey, readOfficeKeys } from '../../sync/uplink/uplink-keys.ts';
import { catchUpOnce } from '../backoffice/intake/open-taps.ts';
import { openTrips } from '../backoffice/intake/trips-file.ts';
import { enrolAll } from '../backoffice/uplink/enrolled.ts';
import { openUplinkKeys, uplinkPlaces } from '../backoffice/uplink/office-keys.ts';
import { epoch } from './fleet-journal.ts';

export interface FleetOffice {
  /** One, or those of a cluster's nodes. */
  readonly brokers: readonly string[];
  readonly keys: OfficeKeys;
  readonly owns: readonly OwnKey[];
  /** Ends it. @returns what its store holds */
  close(): Promise<Stored>;
}

export interface Stored {
  /** Rows. */
  readonly rows: number;
  /** Of different tokens: each tap of the fleet has one of its own. */
  readonly taps: number;
  /** Rows of real validators that have stood in for some of the fleet. */
  readonly ofAttached: number;
}

const program = fileURLToPath(new URL('../main.js', import.meta.url));

/** @throws WrongUsage where it does not start, with what it has said */
export async function startFleetOffice(
  directory: string,
  devices: readonly string[],
  broker: BrokerAddresses | undefined,
  taps: readonly string[] = [],
): Promise<FleetOffice> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owns = devices.map(device => ({ device, signingKey: new Uint8Array(newSeed()) }));
  openUplinkKeys(directory);
  enrolAll(
    directory,
    owns.map(({ device, signingKey }) => ({
      id: device,
      signingKey: publicHalfOf(signingKey).toString('hex'),
      addedAt: Date.now(),
    })),
  );
  const child = spawn(
    process.execPath,
    [
      ...[program, 'backoffice', '--data', directory, '--port', '0', ...brokerWords(broker)],
      ...taps.flatMap(url => ['--taps', url]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // Whatever ends this program ends it too.
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = `${said}${text}`.slice(-4000);
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), exited.then(() => undefined)]);
  if (first === undefined) throw new WrongUsage(`the back office does not start: ${said.trim()}`);
  const { mqtt } = JSON.parse(String(first[0])) as { mqtt: string };
  return {
    brokers: mqtt.split(', '),
    keys: readOfficeKeys(uplinkPlaces(directory).office),
    owns,
    async close() {
      child.kill('SIGTERM');
      await exited;
      return countStored(directory, taps);
    },
  };
}

function brokerWords(broker: BrokerAddresses | undefined): string[] {
  if (broker === undefined) return ['--mqtt-port', '0'];
  const files = (['ca', 'cert', 'key'] as const).flatMap(name => {
    const file = broker[name];
    return file === undefined ? [] : [`--mqtt-${name}`, file];
  });
  return [...[broker.url].flat().flatMap(url => ['--mqtt', url]), ...files];
}

async function countStored(directory: string, taps: readonly string[]): Promise<Stored> {
  const trips = openTrips(directory);
  try {
    await catchUpOnce(trips, taps);
    const counted = trips
      .prepare<{ epoch: number }, Stored>(
        `SELECT count(*) FILTER (WHERE epoch = :epoch) AS rows, count(DISTINCT token) FILTER (WHERE epoch = :epoch) AS taps,
           count(*) FILTER (WHERE epoch <> :epoch) AS ofAttached
         FROM tap JOIN device ON device.id = tap.id >> 32`,
      )
      .get({ epoch });
    return counted ?? { rows: 0, taps: 0, ofAttached: 0 };
  } finally {
    trips.close();
  }
}
