/** `feed serve`: a feed on a web server of its own, until SIGTERM. */
import { existsSync } from 'node:fs';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { feedPlaces } from '../publisher/feed-places.ts';
import { serveFeed } from '../publisher/feed-server.ts';
import type { Outcome } from './outcome.ts';

/** @returns once it serves. @throws WrongUsage where there is no feed, or the port is not free */
export async function runServe(dir: string, port: number): Promise<Outcome> {
  const places = feedPlaces(dir);
  if (!existsSync(places.initialRoot)) throw new WrongUsage(`${dir}: no feed; feed init makes one`);
  const server = await serveFeed(places.public, port).catch(error => {
    throw new WrongUsage(`port ${port}: ${messageOf(error)}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
  return { url: server.url };
}
