/** `feed sync` and `feed lookup`: the validator's side of a feed, once. */
import { isoTime } from '../../device/core/iso-time.ts';
import type { MediumKind } from '../../device/core/medium.ts';
import { DeviceError, messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { readInput } from '../../device/kit/input-file.ts';
import { openLinkStore } from '../cache/link-store.ts';
import { cachedVersion } from '../client/cached-generation.ts';
import { createHttp } from '../client/http.ts';
import { syncOnce } from '../client/sync-once.ts';
import { FeedError } from '../feed/feed-error.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { readKeysFile } from '../keys/keys-file.ts';
import { isAccount, regularAccount } from '../publisher/table/account.ts';
import type { Outcome } from './outcome.ts';

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
  const keys = await openKeyRing(readKeysFile(options.keys), options.cache);
  const settings = { url: options.from, rootFile: options.root, keys, directory: options.cache };
  const http = createHttp({ timeoutMs });
  try {
    const { version, previousVersion, how, bytes, links, statusAsOf } = await syncOnce(settings, http);
    return { version, previousVersion, how, bytes, links, asOf: isoTime(statusAsOf) };
  } catch (error) {
    if (!(error instanceof FeedError || error instanceof DeviceError)) throw error;
    return { error: messageOf(error), kept: cachedVersion(options.cache, keys.held()) };
  } finally {
    await http.close();
  }
}

/** @throws WrongUsage for an account that no such medium has; DeviceError config for the keys */
export async function runLookup(options: {
  cache: string;
  keys: string;
  medium: MediumKind;
  account: string;
}): Promise<Outcome> {
  const { medium, cache } = options;
  const account = regularAccount(options.account);
  if (!isAccount(medium, account)) throw new WrongUsage(`not an account of a ${medium}`);
  const store = openLinkStore(cache, await openKeyRing(readKeysFile(options.keys), cache), {
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
    const asOf = isoTime(statusAsOf);
    const status = link.found ? link.status : null;
    return { linked: link.found, status, ...(link.denied && { denied: true }), asOf, version };
  } finally {
    store.close();
  }
}
