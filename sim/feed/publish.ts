/** `feed init`, `feed publish`, `feed rotate`: the publisher's commands. */
import { existsSync } from 'node:fs';
import { messageOf } from '../../device/errors.ts';
import { FileProblems } from '../../device/settings/yaml-file.ts';
import { FeedError } from '../../sync/feed/feed-error.ts';
import { initFeed, rotateFleetKey } from '../backoffice/publisher/init-feed.ts';
import { rotateOnlineKey, rotateRootKey } from '../backoffice/publisher/key-rotation.ts';
import { publishAgain, publishTable } from '../backoffice/publisher/publish-table.ts';
import { openPublisher } from '../backoffice/publisher/publisher.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Outcome } from './commands.ts';

export function runInit(dir: string): Outcome {
  try {
    return { ...initFeed(dir, Date.now()) };
  } catch (error) {
    return refusal(error);
  }
}

/** @throws WrongUsage where a file or the feed is not there */
export async function runPublish(
  dir: string,
  { people, policy, lines, asOf }: { people: string; policy?: string; lines?: string; asOf?: number },
): Promise<Outcome> {
  for (const file of [people, policy, lines]) {
    if (file !== undefined && !existsSync(file)) throw new WrongUsage(`${file}: no such file`);
  }
  openPublisher(dir).close();
  try {
    const texts = { policyFile: policy, linesFile: lines };
    const edition = { now: Date.now(), linksAsOf: asOf, statusAsOf: asOf, ...texts };
    return { ...(await publishTable(dir, people, edition)) };
  } catch (error) {
    return refusal(error);
  }
}

/** A new online key signs a version at once: with the old one's metadata validators would refuse everything. */
export function runRotate(dir: string, key: 'fleet' | 'online' | 'root'): Outcome {
  const publisher = openPublisher(dir);
  try {
    const now = Date.now();
    if (key === 'fleet') rotateFleetKey(dir);
    else if (key === 'root') rotateRootKey(dir, now);
    else {
      rotateOnlineKey(dir, now);
      if (publishAgain(dir, publisher, { now }) === undefined)
        return { rotated: key, error: 'feed publish must follow: validators refuse all until then' };
    }
    return { rotated: key, version: publisher.version };
  } catch (error) {
    return refusal(error);
  } finally {
    publisher.close();
  }
}

function refusal(error: unknown): Outcome {
  const theirs = error instanceof WrongUsage || error instanceof FileProblems || error instanceof FeedError;
  if (!theirs) throw error;
  return { error: messageOf(error) };
}
