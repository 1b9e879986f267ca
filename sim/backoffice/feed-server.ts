/** Serves a feed's public files over HTTP, as any web server or CDN can: ranges, ETags, nothing dynamic. */
import fastify from 'fastify';
import { serveFeedFiles } from './feed-files.ts';

export interface FeedServer {
  readonly port: number;
  /** Where validators find the feed. */
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * @param publicDirectory with `metadata/`, `targets/` and `files/`
 * @param port 0 for any that is free
 * @param isUp while it says no, connections are cut without an answer, as where there is no network
 */
export async function serveFeed(
  publicDirectory: string,
  port: number,
  isUp: () => boolean = () => true,
): Promise<FeedServer> {
  const server = fastify({ forceCloseConnections: true });
  server.addHook('onRequest', async (request, reply) => {
    if (isUp()) return;
    reply.hijack();
    request.raw.destroy();
  });
  await serveFeedFiles(server, publicDirectory);
  await server.listen({ host, port });
  const address = server.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { port: bound, url: `http://${host}:${bound}`, close: () => server.close() };
}
