/**
 * An MQTT broker inside the back office, aedes, on this machine's loopback: for the simulator, and for a first trial. Buses in the
 * streets need one with TLS and certificates (docs/operating.md).
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { Client } from 'aedes';
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { BrokerAddress } from '../../../sync/uplink/connection.ts';
import { maxMessageBytes } from '../../../sync/uplink/signed-message.ts';
import {
  deviceOfLevel,
  downKinds,
  downTopic,
  feedTopic,
  levelOf,
  officeName,
  readUpTopic,
} from '../../../sync/uplink/topics.ts';

export interface Broker {
  readonly port: number;
  /** For the back office alone: whoever comes with it may hear and say everything. */
  readonly address: BrokerAddress;
  close(): Promise<void>;
}

const host = '127.0.0.1';
/** Whoever takes nothing for so long is left. */
const drainTimeoutMs = 10_000;

/**
 * @param port 0 for any that is free
 * @param password the back office's; a new one unless given
 * @throws WrongUsage where the port is taken
 */
export async function startBroker(port: number, password = randomBytes(16).toString('hex')): Promise<Broker> {
  // Most back offices have another broker, or none.
  const { Aedes } = await import('aedes');
  const offices = new WeakSet<Client>();
  const broker = await Aedes.createBroker({
    drainTimeout: drainTimeoutMs,
    // With a limit, clients that take nothing hold up all others, and what has queued up meanwhile is worked off by recursion
    // (mqemitter 7): some thousand messages overflow the stack and end the process.
    concurrency: 0,
    authenticate(client, username, given, done) {
      const isOffice = username === officeName;
      if (isOffice) offices.add(client);
      done(null, !isOffice || given?.toString() === password);
    },
    authorizePublish(client, { topic, payload }, done) {
      const isOurs = client !== null && offices.has(client);
      const isTheirs = levelOf(readUpTopic(topic)?.device ?? '') === client?.id;
      const isShort = payload.length <= maxMessageBytes;
      done(isShort && (isOurs || isTheirs) ? null : new Error('not allowed'));
    },
    authorizeSubscribe(client, subscription, done) {
      const isTheirs = isHeardBy(client.id, subscription.topic);
      done(null, offices.has(client) || isTheirs ? subscription : null);
    },
  });
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new WrongUsage(`MQTT: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  const at = server.address();
  const taken = typeof at === 'object' && at !== null ? at.port : port;
  return {
    port: taken,
    address: { url: `mqtt://${host}:${taken}`, username: officeName, password },
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      await new Promise<void>(resolve => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isHeardBy(level: string, topic: string): boolean {
  if (topic === feedTopic) return true;
  return downKinds.some(kind => downTopic(deviceOfLevel(level), kind) === topic);
}
