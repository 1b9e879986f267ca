/** The validators' ways to the feed and to the broker: one plug each. */
import { freePort } from '../wires/free-port.ts';
import { createNetworkPort } from '../wires/network-port.ts';
import type { Plug } from '../wires/wire-server.ts';
import type { PostName } from './validator-post.ts';

export interface Network extends Plug {
  readonly isIn: boolean;
  /** Where the validator finds the feed. */
  readonly feedUrl: string;
  /** Where it finds the broker. */
  readonly brokerUrl: string;
  /** Whether the network behind the plug takes anything to the broker; the feed's server has a say of its own. */
  carry(isUp: boolean): void;
  close(): Promise<void>;
}

export type Networks = Readonly<Record<PostName, Network>>;

/** @param feedUrl of a server on this machine; `brokerUrl` may be on another */
export async function openNetworks(feedUrl: string, brokerUrl: string): Promise<Networks> {
  const open = async (): Promise<Network> => {
    const [feed, broker] = [await openWay(feedUrl), await openWay(brokerUrl)];
    let isCarried = true;
    let plugging = Promise.resolve();
    const plugBroker = () => {
      plugging = plugging.then(async () => {
        const isIn = isCarried && feed.port.isIn;
        if (broker.port.isIn !== isIn) await broker.port.plug(isIn);
      });
      return plugging;
    };
    return {
      feedUrl: feed.url,
      brokerUrl: broker.url,
      get isIn() {
        return feed.port.isIn;
      },
      unplug() {
        feed.port.unplug();
        broker.port.unplug();
      },
      async plug(isIn) {
        await feed.port.plug(isIn);
        await plugBroker();
      },
      carry(isUp) {
        isCarried = isUp;
        void plugBroker();
      },
      async close() {
        await plugging;
        await feed.port.close();
        await broker.port.close();
      },
    };
  };
  return { front: await open(), rear: await open() };
}

async function openWay(to: string) {
  const url = new URL(to);
  const { hostname } = url;
  const port = await createNetworkPort({ port: await freePort(), to: Number(url.port), host: hostname });
  url.hostname = '127.0.0.1';
  url.port = String(port.port);
  return { port, url: url.href.replace(/\/$/, '') };
}
