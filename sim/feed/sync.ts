/** `feed sync` and `feed lookup`: the validator's side of a feed, once. */
import type { MediumKind } from '../../device/core/medium.ts';
import { DeviceError, messageOf } from '../../device/errors.ts';
import { openLinkStore } from '../../sync/cache/link-store.ts';
import { versionHere } from '../../sync/client/here.ts';
import { createHttp } from '../../sync/client/http.ts';
import { syncOnce } from '../../sync/client/sync-once.ts';
import { FeedError } from '../../sync/feed/feed-error.ts';
import { readFleetKeys } from '../../sync/fleet-keys.ts';
import { isAccount } from '../links/people.ts';
import { readInput } from '../read-input.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Outcome } from './commands.ts';

const timeoutMs = 10_000;
const maxRootBytes = 1 << 20;

/** @throws WrongUsage, DeviceError config for files that are not there or cannot be used */
export async function runSync(options: {
  from: string;
  root: string;
  keys: string;
  cache: string;
}): Promise<Outcome> {
  if (!/^https?:\/\/[^/]/.test(options.from) || !URL.canParse(options.from))
    throw new WrongUsage(`${options.from}: not an http or https address`);
  readInput(options.root, maxRootBytes);
  const keys = readFleetKeys(options.keys);
  const settings = { url: options.from, rootFile: options.root, keys, directory: options.cache };
  const http = createHttp({ timeoutMs });
  try {
    const { version, previousVersion, how, bytes, links, statusAsOf } = await syncOnce(settings, http);
    return { version, previousVersion, how, bytes, links, asOf: new Date(statusAsOf).toISOString() };
  } catch (error) {
    if (!(error instanceof FeedError || error instanceof DeviceError)) throw error;
    return { error: messageOf(error), kept: versionHere(options.cache, keys) };
  } finally {
    await http.close();
  }
}

/** @throws WrongUsage for an account that no such medium has; DeviceError config for the keys */
export function runLookup(options: {
  cache: string;
  keys: string;
  medium: MediumKind;
  account: string;
}): Outcome {
  const { medium, cache } = options;
  const account = options.account.toLowerCase();
  if (!isAccount(medium, account)) throw new WrongUsage(`not an account of a ${medium}`);
  const store = openLinkStore(cache, readFleetKeys(options.keys), {
    changed: () => undefined,
    damaged: () => undefined,
  });
  try {
    const link = store.find(store.tokenOf(medium, account));
    const state = store.describe();
    if ('unavailable' in link || !state.usable) {
      return { error: 'unavailable' in link ? link.unavailable : 'no link cache' };
    }
    const { version, statusAsOf } = state;
    const asOf = new Date(statusAsOf).toISOString();
    return { linked: link.found, status: link.found ? link.status : null, asOf, version };
  } finally {
    store.close();
  }
}
