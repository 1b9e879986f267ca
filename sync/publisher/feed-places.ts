/** The paths of everything in a feed's directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WrongUsage } from '../../device/kit/errors.ts';

export interface FeedPlaces {
  /** The whole of what a web server shows: `metadata/`, `targets/`, `files/` and `keys/`. */
  readonly public: string;
  readonly metadata: string;
  /** Target files, each named `<sha256>.<name>`. */
  readonly targets: string;
  /** The feed's own files, each named by its SHA-256. */
  readonly files: string;
  /** Signs snapshot and timestamp. */
  readonly onlineKey: string;
  /** Signs targets, unless it lies elsewhere (signing/key-places.ts). */
  readonly targetsKey: string;
  /** Where the root key lies, and the targets key if elsewhere. */
  readonly keyPlaces: string;
  /** The first root metadata: what a validator is given to trust. */
  readonly initialRoot: string;
  /** The keys file of the first device, that a validator is given. */
  readonly deviceKeys: string;
  /** The feed's own keys, an epoch each. */
  readonly epochKeys: string;
  /** The devices that they are wrapped for. */
  readonly devices: string;
  /** The wrapped keys: a folder for each epoch, a file for each device. */
  readonly keys: string;
  /** The published state as a validator has it: a link cache of the publisher's own. */
  readonly cache: string;
  /** Which slot each person has. */
  readonly persons: string;
  /** The policy last published. */
  readonly policy: string;
  /** The lines and their stops last given. */
  readonly lines: string;
  /** The lines of a GTFS feed, being published. */
  readonly takenLines: string;
  /** The crew's cards last given, by their accounts. */
  readonly crewCards: string;
  /** The denied media last given, by their accounts. */
  readonly denied: string;
  /** The index last published. */
  readonly index: string;
  /** The firmware published now, by ring. */
  readonly firmware: string;
  /** What the last publications wrote, so that files nobody needs any more can be removed. */
  readonly history: string;
  /** The table being published by the command. */
  readonly takenTable: string;
  /** The table last published by the command. */
  table(version: number): string;
}

export function feedPlaces(dir: string): FeedPlaces {
  return {
    public: join(dir, 'public'),
    metadata: join(dir, 'public', 'metadata'),
    targets: join(dir, 'public', 'targets'),
    onlineKey: join(dir, 'private', 'online-key.pem'),
    targetsKey: join(dir, 'private', 'targets-key.pem'),
    keyPlaces: join(dir, 'private', 'key-places.json'),
    initialRoot: join(dir, 'root.json'),
    files: join(dir, 'public', 'files'),
    deviceKeys: join(dir, 'fleet-keys.json'),
    epochKeys: join(dir, 'private', 'epoch-keys.json'),
    devices: join(dir, 'private', 'devices.json'),
    keys: join(dir, 'public', 'keys'),
    cache: join(dir, 'private', 'cache'),
    persons: join(dir, 'private', 'persons.sqlite'),
    policy: join(dir, 'private', 'policy.yaml'),
    lines: join(dir, 'private', 'lines.yaml'),
    takenLines: join(dir, 'private', 'lines-taken.yaml'),
    crewCards: join(dir, 'private', 'crew-cards.csv'),
    denied: join(dir, 'private', 'denied.csv'),
    index: join(dir, 'private', 'index.json.gz'),
    firmware: join(dir, 'private', 'firmware.json'),
    history: join(dir, 'private', 'history.json'),
    takenTable: join(dir, 'private', 'people-taken.csv'),
    table: version => join(dir, 'private', `people-${version}.csv`),
  };
}

export function isFeed(dir: string): boolean {
  return existsSync(feedPlaces(dir).initialRoot);
}

/** @throws WrongUsage */
export function requireFeed(dir: string): void {
  if (!isFeed(dir)) throw new WrongUsage(`${dir}: no feed; feed init makes one`);
}
