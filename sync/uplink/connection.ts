/**
 * A connection to an MQTT broker, by mqtt.js: 3.1.1, QoS 1, a clean session. One that is gone stays gone, and nothing waits in it for
 * the next: whoever publishes has a queue of their own.
 */
import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { unlessAborted, withinTime } from '../../device/kit/time.ts';
import { maxMessageBytes } from './signed-message.ts';

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

export interface Connection {
  /** Resolves when the broker has it. Rejects with DeviceError when the connection is gone. */
  publish(topic: string, payload: Buffer): Promise<void>;
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
/** OpenSSL's and Node's codes: no network is away. */
const ofCertificates = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

/** Rejects with DeviceError. */
export async function connectBroker(address: BrokerAddress, speaking: Speaking): Promise<Connection> {
  const client = mqtt.connect(address.url, optionsOf(address, speaking));
  const { gone, leave } = watchClient(client);
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
    const granted = await confirmed(subscribe(client, speaking.topics));
    const refused = granted.find(({ qos }) => qos === refusedQos);
    if (refused !== undefined)
      throw new DeviceError('protocol', 'uplink', `the broker does not let us hear ${refused.topic}`);
  } catch (error) {
    client.end(true);
    throw error;
  }
  return {
    gone,
    publish: async (topic, payload) => {
      gone.throwIfAborted();
      await confirmed(publish(client, topic, payload));
    },
    // With a farewell to the broker, so that it says no will.
    close: () => new Promise(resolve => client.end(gone.aborted, () => resolve())),
  };
}

function optionsOf(address: BrokerAddress, { clientId, will }: Speaking): IClientOptions {
  const { ca, cert, key, username, password } = address;
  return {
    clientId,
    protocolVersion: 4,
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
  };
}

function pem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DeviceError('config', 'uplink', messageOf(error));
  }
}

/** The last error says why it is gone. */
function watchClient(client: MqttClient) {
  const end = new AbortController();
  let why: unknown;
  client.on('error', error => {
    why = error;
  });
  client.on('close', () => end.abort(goneBecause(why)));
  return {
    gone: end.signal,
    leave(because: DeviceError) {
      end.abort(because);
      client.end(true);
    },
  };
}

function goneBecause(why: unknown): DeviceError {
  const code = Object(why).code;
  if (typeof code === 'number')
    return new DeviceError('protocol', 'uplink', `the broker refuses us: ${messageOf(why)}`, why);
  if (ofCertificates.test(String(code)))
    return new DeviceError('protocol', 'uplink', `the broker’s certificate or ours: ${messageOf(why)}`, why);
  const text = why === undefined ? 'the broker has closed the connection' : messageOf(why);
  return new DeviceError('disconnected', 'uplink', text || String(code), why);
}

async function subscribe(client: MqttClient, topics: readonly string[]) {
  return topics.length === 0 ? [] : client.subscribeAsync([...topics], { qos: 1 });
}

async function publish(client: MqttClient, topic: string, payload: Buffer): Promise<void> {
  try {
    await client.publishAsync(topic, payload, { qos: 1 });
  } catch (error) {
    throw new DeviceError('disconnected', 'uplink', messageOf(error), error);
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
