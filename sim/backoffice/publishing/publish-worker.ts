/** The publishing thread: a publication of a whole city takes a minute, and the site answers meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../device/errors.ts';
import { openPublisher, type Publisher } from '../publisher/publisher.ts';
import { openPublishQueue } from '../store/sqlite-publish-queue.ts';
import { type Publication, type PublishedTexts, publishNext } from './publish-next.ts';

export interface PublishSettings {
  readonly feed: string;
  readonly office: string;
  readonly texts: PublishedTexts;
}

export type PublishRequest = 'publish' | 'end';
export type PublishAnswer = { readonly published: Publication } | { readonly failed: string };

const { feed, office, texts }: PublishSettings = workerData;
const queue = openPublishQueue(office);
let publisher: Publisher | undefined;

function publish(): PublishAnswer {
  try {
    publisher ??= openPublisher(feed);
    return { published: publishNext(queue, publisher, texts, Date.now) };
  } catch (error) {
    // What state it is in is for the next one to find out.
    publisher?.close();
    publisher = undefined;
    return { failed: messageOf(error) };
  }
}

parentPort?.on('message', (request: PublishRequest) => {
  if (request === 'publish') return parentPort?.postMessage(publish());
  publisher?.close();
  queue.close();
  parentPort?.close();
});
