/** The way in: the other validators of the bus connect here, and say one message a line. */
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { parseAddress } from '../../device/kit/address.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { readLines } from '../wire/lines.ts';
import { keepListening, type Listener } from '../wire/listener.ts';
import { type BusKey, keepAlive, pskOptions } from './psk.ts';

export interface Hearing {
  readonly name: string;
  /** tcp://host:port */
  readonly listen: string;
  readonly own: BusKey;
  readonly events: DeviceEvents;
  /** @param message latin1; whatever whoever has the key sends */
  heard(device: string, message: string): void;
}

/** The longest that a validator says is half of it. */
const maxLineBytes = 2048;
/** A message is sent at once and whole; only a network that halts lies in between. */
const idleGapMs = 5000;
const handshakeTimeout = 5000;
/** No bus has as many doors; whoever connects without the key is not to fill the memory. */
const maxConnections = 8;
const connectionsPerS = 20;
/** As settings allow it. */
const deviceName = /^[A-Za-z0-9._-]{1,32}$/;

/** @throws DeviceError config for what is no address */
export function listenToDoors({ name, listen, own, events, heard }: Hearing): Listener {
  const address = parseAddress(listen);
  const { host, port } = address.kind === 'tcp' ? address : { host: '', port: 0 };
  const saying = new WeakMap<TLSSocket, string>();
  const open = new Set<Socket>();
  const server = createServer({
    ...pskOptions,
    handshakeTimeout,
    // Whoever is called as this validator is a way that leads back to itself.
    pskCallback(socket, device) {
      if (!deviceName.test(device) || device === own.device) return null;
      saying.set(socket, device);
      return own.key;
    },
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.on('secureConnection', socket => {
    const device = saying.get(socket) ?? '';
    socket.on('error', () => socket.destroy());
    const stopReading = readLines(socket, { maxLineBytes, idleGapMs, flooded: events.flooded }, line => {
      if (line.length <= maxLineBytes) heard(device, line);
    });
    const stopBeating = keepAlive(socket, () => socket.destroy(), name);
    socket.on('close', () => {
      stopReading();
      stopBeating();
    });
  });

  const listener = keepListening({
    ...{ name, at: { host, port }, events, connectionsPerS },
    onConnection(socket) {
      if (open.size >= maxConnections) return void socket.destroy();
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => socket.destroy());
      server.emit('connection', socket);
    },
  });
  return {
    async close() {
      for (const socket of open) socket.destroy();
      await listener.close();
    },
  };
}
