/** Where a feed keeps what, under its directory. */
import { join } from 'node:path';

export interface FeedPlaces {
  /** The whole of what a web server shows: `metadata/` and `targets/`. */
  readonly public: string;
  readonly metadata: string;
  /** Target files, each named `<sha256>.<name>`. */
  readonly targets: string;
  /** Needed for making a feed and for rotating its keys only; kept elsewhere meanwhile. */
  readonly rootKey: string;
  /** Signs targets, snapshot and timestamp. */
  readonly onlineKey: string;
  /** The first root metadata: what a validator is given to trust. */
  readonly initialRoot: string;
}

export function feedPlaces(dir: string): FeedPlaces {
  return {
    public: join(dir, 'public'),
    metadata: join(dir, 'public', 'metadata'),
    targets: join(dir, 'public', 'targets'),
    rootKey: join(dir, 'offline', 'root-key.pem'),
    onlineKey: join(dir, 'private', 'online-key.pem'),
    initialRoot: join(dir, 'root.json'),
  };
}
