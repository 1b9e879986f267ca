/** The validators' ways to the feed, one each. */
import { freePort } from '../wires/free-port.ts';
import { createNetworkPort, type NetworkPort } from '../wires/network-port.ts';
import type { PostName } from './validator-post.ts';

export interface Network extends NetworkPort {
  /** Where the validator finds the feed. */
  readonly url: string;
}

export type Networks = Readonly<Record<PostName, Network>>;

/** @param feedUrl of a server on this machine */
export async function openNetworks(feedUrl: string): Promise<Networks> {
  const open = async (): Promise<Network> => {
    const port = await freePort();
    const url = new URL(feedUrl);
    const network = await createNetworkPort({ port, to: Number(url.port) });
    url.port = String(port);
    return Object.assign(network, { url: url.href.replace(/\/$/, '') });
  };
  return { front: await open(), rear: await open() };
}
