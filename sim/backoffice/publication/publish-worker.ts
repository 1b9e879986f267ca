/** The publishing thread: a publication of a whole city takes a minute, and the site answers meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../device/kit/errors.ts';
import { openPublisher, type Publisher } from '../../../sync/publisher/publisher.ts';
import { doubtOf } from '../../../sync/publisher/signing-clock.ts';
import { askTime } from '../../../sync/publisher/trusted-time.ts';
import { openPublishQueue } from '../store/sqlite-publish-queue.ts';
import { type DeniedSettings, followDeniedTable } from './denied-table.ts';
import { type Publication, type PublishedTexts, publishNext } from './publish-next.ts';

export interface PublishSettings {
  readonly feed: string;
  readonly office: string;
  readonly texts: PublishedTexts;
  readonly denied: DeniedSettings;
  /** https servers whose time the clock must agree with. */
  readonly timeFrom?: readonly string[] | undefined;
}

/** `publishAt`: what time it is, in Unix milliseconds. */
export type PublishRequest = { readonly publishAt: number } | 'end';
/** `unvouched`: why no server has vouched for the clock. */
export type PublishAnswer =
  | { readonly published: Publication; readonly unvouched?: string | undefined }
  | { readonly failed: string };

const { feed, office, texts, denied, timeFrom }: PublishSettings = workerData;
const queue = openPublishQueue(office);
const deniedTable = followDeniedTable(denied);
let publisher: Publisher | undefined;

async function publish(now: number): Promise<PublishAnswer> {
  try {
    const { trustedNow, unvouched } = await askForTime(now);
    publisher ??= openPublisher(feed);
    const list = await deniedTable.read();
    const published = publishNext(queue, publisher, { ...texts, denied: list, trustedNow }, now);
    deniedTable.published();
    return { published, unvouched };
  } catch (error) {
    // Its state is uncertain now. The next publication opens the feed again and finds out.
    publisher?.close();
    publisher = undefined;
    return { failed: messageOf(error) };
  }
}

/** Without an answer the last version alone vouches for the clock: an outage of these servers does not stop the feed. */
async function askForTime(now: number): Promise<{ trustedNow?: number; unvouched?: string }> {
  if (timeFrom === undefined) return {};
  try {
    return { trustedNow: await askTime(timeFrom) };
  } catch (error) {
    const unvouched = messageOf(error);
    const doubt = doubtOf(feed, { ...texts, now });
    if (doubt === undefined) return { unvouched };
    throw new Error(`${unvouched}; ${doubt}`, { cause: error });
  }
}

parentPort?.on('message', async (request: PublishRequest) => {
  if (request !== 'end') return parentPort?.postMessage(await publish(request.publishAt));
  publisher?.close();
  queue.close();
  parentPort?.close();
});
