/** Server-sent events (WHATWG HTML): the whole state once, then its changes. A slow reader is cut off and reconnects. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LiveChanges } from './live-changes.ts';

type Model = { readonly state: () => object };
type Live = Pick<LiveChanges, 'subscribe'>;

const maxClients = 64;
const maxUnreadBytes = 4 << 20;
const heartbeatMs = 10_000;
const reconnectMs = 1000;

export function addEventStream(server: FastifyInstance, model: Model, live: Live): void {
  let clients = 0;
  server.get('/api/events', async (_request, reply) => {
    if (clients >= maxClients) {
      return reply.code(429).send({ problem: `${maxClients} pages are open already` });
    }
    clients++;
    stream(reply, model, live, () => {
      clients--;
    });
    return reply;
  });
}

function stream(reply: FastifyReply, model: Model, live: Live, ended: () => void): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });

  function send(text: string): void {
    if (raw.writableLength > maxUnreadBytes) raw.destroy();
    else raw.write(text);
  }

  const stop = live.subscribe(json => send(`event: change\ndata: ${json}\n\n`));
  send(`retry: ${reconnectMs}\nevent: state\ndata: ${JSON.stringify(model.state())}\n\n`);
  const heartbeat = setInterval(send, heartbeatMs, ':\n\n');
  raw.on('error', () => {}); // followed by `close`
  raw.on('close', () => {
    clearInterval(heartbeat);
    stop();
    ended();
  });
}
