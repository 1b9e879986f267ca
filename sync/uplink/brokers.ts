/** The brokers that are one for us: where one is away, or brings us to nobody, the next is tried. */
import { DeviceError } from '../../device/kit/errors.ts';
import {
  type BrokerAddress,
  type Connection,
  connectBroker,
  type MqttVersion,
  type Speaking,
} from './connection.ts';

export interface BrokerAddresses extends Omit<BrokerAddress, 'url'> {
  /** One, or those of a cluster's nodes. */
  readonly url: string | readonly string[];
}

export interface Brokers {
  /** How many there are. */
  readonly count: number;
  /** Begins after the one that was connected last. Rejects with DeviceError when none of them takes us. */
  connect(speaking: Speaking): Promise<Connection>;
}

/** @param random from 0 to 1: a fleet with the same settings begins at all of them */
export function createBrokers({ url, ...known }: BrokerAddresses, random = Math.random): Brokers {
  const urls = urlsOf(url);
  /** What each answered to last, so that an older one is not asked twice at every connecting. */
  const versions = new Map<string, MqttVersion>();
  let next = Math.floor(random() * urls.length);

  async function connectTo(one: string, speaking: Speaking): Promise<Connection> {
    const connection = await connectBroker({ ...known, url: one }, speaking, versions.get(one));
    versions.set(one, connection.version);
    return connection;
  }

  return {
    count: urls.length,
    async connect(speaking) {
      const problems: DeviceError[] = [];
      for (const _ of urls) {
        const one = urls[next] ?? '';
        next = (next + 1) % urls.length;
        try {
          return await connectTo(one, speaking);
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          versions.delete(one);
          problems.push(urls.length === 1 ? error : at(one, error));
        }
      }
      // That one refuses us says more than that another is away.
      throw problems.find(({ kind }) => kind !== 'disconnected') ?? problems[0];
    },
  };
}

export function urlsOf(url: string | readonly string[]): readonly string[] {
  return typeof url === 'string' ? [url] : url;
}

function at(url: string, { kind, device, message, cause }: DeviceError): DeviceError {
  return new DeviceError(kind, device, `${new URL(url).host}: ${message}`, cause);
}
