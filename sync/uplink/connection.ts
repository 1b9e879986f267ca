/**
 * A connection to an MQTT broker, by mqtt.js: 5, or 3.1.1 where the broker knows no 5; QoS 1, a clean session. One that is gone stays gone, and nothing waits in it for
 * the next: whoever publishes has a queue of their own.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { IClientOptions, IClientPublishOptions, MqttClient } from 'mqtt';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { unlessAborted, withinTime } from '../../device/kit/time.ts';
import { goneBecause, mayBeOlder, notTaken } from './broker-problems.ts';
import { maxMessageBytes } from './signed-message.ts';

/**
 * Loaded at the first connection: back offices without an uplink do without, and it takes longer than most of what they load. By
 * `require`, for `import` first searches all of its text for what it exports: that takes as long as running it.
 */
const mqtt = (): typeof import('mqtt') => createRequire(import.meta.url)('mqtt');

export interface BrokerAddress {
  /** mqtt://host:port or mqtts://host:port */
  readonly url: string;
  /** Paths of PEM files, read at each connecting. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Speaking {
  readonly clientId: string;
  readonly topics: readonly string[];
  /** What the broker says when the connection is lost. */
  readonly will?: { readonly topic: string; readonly payload: Buffer } | undefined;
  hear(topic: string, payload: Buffer): void;
  /** A broker that does not confirm by then is left; 30 s unless given. */
  readonly answerTimeoutMs?: number;
}

/** As the protocol counts: 4 is 3.1.1. */
export type MqttVersion = 4 | 5;

export interface Connection {
  readonly version: MqttVersion;
  /**
   * Resolves when the broker has it. Rejects with DeviceError when the connection is gone, or the broker does not take it.
   * @param lifeS nobody needs it after so many seconds; brokers with MQTT 5 then forget it
   */
  publish(topic: string, payload: Buffer, lifeS?: number): Promise<void>;
  /** Aborted, with a DeviceError, when the connection is gone. */
  readonly gone: AbortSignal;
  close(): Promise<void>;
}

const connectTimeoutMs = 20_000;
const keepaliveS = 30;
const usualAnswerTimeoutMs = 30_000;
/** Nothing that is sent to us is longer: a broker that sends more is left. */
const maxPacketBytes = maxMessageBytes + 1024;
const refusedQos = 128;

/** Rejects with DeviceError. @param version the first to try; 5, unless the broker is known to be older */
export async function connectBroker(
  address: BrokerAddress,
  speaking: Speaking,
  version: MqttVersion = 5,
): Promise<Connection> {
  try {
    return await connectBy(version, address, speaking);
  } catch (error) {
    if (version === 4 || !(error instanceof DeviceError) || !mayBeOlder(error)) throw error;
    return connectBy(4, address, speaking);
  }
}

async function connectBy(
  version: MqttVersion,
  address: BrokerAddress,
  speaking: Speaking,
): Promise<Connection> {
  const options = optionsOf(address, speaking, version);
  const client = mqtt().connect(address.url, options);
  const { gone, leave } = watchClient(client, options.cert);
  const { answerTimeoutMs = usualAnswerTimeoutMs } = speaking;
  const confirmed = <T>(answer: Promise<T>) =>
    withinTime(unlessAborted(answer, gone), answerTimeoutMs, () => {
      const silent = new DeviceError('timeout', 'uplink', 'the broker does not confirm what we say');
      leave(silent);
      throw silent;
    });
  client.on('message', (topic, payload) => speaking.hear(topic, payload));
  try {
    await unlessAborted(new Promise(resolve => client.once('connect', resolve)), gone);
    limitPackets(client, leave);
    await confirmed(subscribe(client, speaking.topics));
  } catch (error) {
    client.end(true);
    throw error;
  }
  return {
    gone,
    version,
    publish: async (topic, payload, lifeS) => {
      gone.throwIfAborted();
      const properties = version === 5 && lifeS !== undefined && { messageExpiryInterval: lifeS };
      await confirmed(publish(client, topic, payload, { qos: 1, ...(properties && { properties }) }));
    },
    // With a farewell to the broker, so that it says no will.
    close: () => new Promise(resolve => client.end(gone.aborted, () => resolve())),
  };
}

function optionsOf(address: BrokerAddress, { clientId, will }: Speaking, version: MqttVersion) {
  const { ca, cert, key, username, password } = address;
  return {
    clientId,
    protocolVersion: version,
    ...(version === 5 && { properties: { maximumPacketSize: maxPacketBytes } }),
    clean: true,
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(will && { will: { ...will, qos: 1 as const, retain: false } }),
    ...(ca !== undefined && { ca: pem(ca) }),
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  } satisfies IClientOptions & { cert?: Buffer };
}

function pem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DeviceError('config', 'uplink', messageOf(error));
  }
}

function wordsOf(reason: number): string {
  return new Map(Object.entries(mqtt().ReasonCodes)).get(String(reason)) || `reason ${reason}`;
}

/** The last error says why it is gone. */
function watchClient(client: MqttClient, cert: Buffer | undefined) {
  const end = new AbortController();
  let why: unknown;
  client.on('error', error => {
    why = error;
  });
  client.on('disconnect', ({ reasonCode: code }) => {
    why = Object.assign(new Error(wordsOf(Number(code))), { code });
  });
  client.on('close', () => end.abort(goneBecause(why, cert)));
  return {
    gone: end.signal,
    leave(because: DeviceError) {
      end.abort(because);
      client.end(true);
    },
  };
}

async function subscribe(client: MqttClient, topics: readonly string[]): Promise<void> {
  try {
    if (topics.length > 0) await client.subscribeAsync([...topics], { qos: 1 });
  } catch (error) {
    const granted: readonly unknown[] = Object(error).packet?.granted ?? [];
    const refused = topics[granted.findIndex(reason => Number(reason) >= refusedQos)];
    if (refused === undefined) throw notTaken(error);
    throw new DeviceError('protocol', 'uplink', `the broker does not let us hear ${refused}`, error);
  }
}

async function publish(
  client: MqttClient,
  topic: string,
  payload: Buffer,
  options: IClientPublishOptions,
): Promise<void> {
  try {
    await client.publishAsync(topic, payload, options);
  } catch (error) {
    throw notTaken(error);
  }
}

/** Its parser would take 256 MiB into memory before it told of a packet. */
function limitPackets(client: MqttClient, leave: (because: DeviceError) => void): void {
  let bytes = 0;
  client.on('packetreceive', () => {
    bytes = 0;
  });
  client.stream.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxPacketBytes + part.length) return;
    leave(new DeviceError('protocol', 'uplink', 'the broker sends a message that is too long'));
  });
}
