/** Where a feed keeps what, under its directory. */
import { join } from 'node:path';

export interface FeedPlaces {
  /** The whole of what a web server shows: `metadata/`, `targets/` and `files/`. */
  readonly public: string;
  readonly metadata: string;
  /** Target files, each named `<sha256>.<name>`. */
  readonly targets: string;
  /** The feed's own files, each named by its SHA-256. */
  readonly files: string;
  /** Needed for making a feed and for rotating its keys only; kept elsewhere meanwhile. */
  readonly rootKey: string;
  /** Signs targets, snapshot and timestamp. */
  readonly onlineKey: string;
  /** The first root metadata: what a validator is given to trust. */
  readonly initialRoot: string;
  /** The fleet keys: what a validator is given to make tokens of accounts, the newest first. */
  readonly fleetKeys: string;
  /** The published state as a validator has it: a link cache of the publisher's own. */
  readonly cache: string;
  /** Who has which slot. */
  readonly persons: string;
  /** The policy last published. */
  readonly policy: string;
  /** The lines and their stops last given. */
  readonly lines: string;
  /** The index last published. */
  readonly index: string;
  /** What the last publications wrote, for taking away what nobody needs any more. */
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
    rootKey: join(dir, 'offline', 'root-key.pem'),
    onlineKey: join(dir, 'private', 'online-key.pem'),
    initialRoot: join(dir, 'root.json'),
    files: join(dir, 'public', 'files'),
    fleetKeys: join(dir, 'fleet-keys.json'),
    cache: join(dir, 'private', 'cache'),
    persons: join(dir, 'private', 'persons.sqlite'),
    policy: join(dir, 'private', 'policy.yaml'),
    lines: join(dir, 'private', 'lines.yaml'),
    index: join(dir, 'private', 'index.json.gz'),
    history: join(dir, 'private', 'history.json'),
    takenTable: join(dir, 'private', 'people-taken.csv'),
    table: version => join(dir, 'private', `people-${version}.csv`),
  };
}
