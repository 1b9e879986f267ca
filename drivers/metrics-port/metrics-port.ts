/**
 * The port at which a monitoring system reads the metrics: HTTP on a TCP port or a Unix socket, `GET /metrics` and nothing else. Whoever
 * asks is a stranger: few connections at a time, small requests, one for each connection, and a connection ends soon, read or not.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { MetricsPort } from '../../device/ports.ts';
import { keepListening, type ListenAt, type Listener } from '../wire/listener.ts';

/** A monitoring system has one or two at a time. */
const maxConnections = 4;
const connectionsPerS = 10;
const maxHeaderSize = 4096;
/** From the connection to the last byte; Prometheus itself gives up after 10 s unless told. */
const lifeMs = 5000;

export function createMetricsPort(name: string, listen: ListenAt, limits = { lifeMs }): MetricsPort {
  const open = new Set<Socket>();
  let listener: Listener | undefined;
  return {
    name,
    open(events) {
      const server = createServer({ maxHeaderSize }, (request, response) => {
        void respond(request, response, events.metrics).catch(() => response.destroy());
      });
      server.on('clientError', (_, socket) => socket.destroy());
      const onConnection = (socket: Socket) => {
        if (open.size >= maxConnections) return void socket.destroy();
        open.add(socket);
        const ending = setTimeout(() => socket.destroy(), limits.lifeMs);
        socket.on('close', () => {
          clearTimeout(ending);
          open.delete(socket);
        });
        socket.on('error', () => socket.destroy());
        server.emit('connection', socket);
      };
      listener = keepListening({ name, at: listen, events, connectionsPerS, onConnection });
    },
    async close() {
      for (const socket of open) socket.destroy();
      await listener?.close();
    },
  };
}

async function respond(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  metrics: () => Promise<{ readonly text: string; readonly contentType: string }>,
): Promise<void> {
  response.setHeader('Connection', 'close');
  if (url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD')
    return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  const { text, contentType } = await metrics();
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
  response.end(method === 'HEAD' ? undefined : text);
}
