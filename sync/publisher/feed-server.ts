/** Serves a feed's public files over HTTP, as any web server or CDN can: ranges, ETags, nothing dynamic. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import serveStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';

// `import` first searches all of its text for what it exports: that takes as long as running it.
const { fastify }: typeof import('fastify') = createRequire(import.meta.url)('fastify');

export interface FeedServer {
  readonly port: number;
  /** Where validators find the feed. */
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * @param publicDirectory with `metadata/`, `targets/`, `files/` and `keys/`
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

/**
 * A feed's public files as a fastify plugin.
 * @param publicDirectory with `metadata/`, `targets/`, `files/` and `keys/`
 */
export async function serveFeedFiles(server: FastifyInstance, publicDirectory: string): Promise<void> {
  const options: FastifyStaticOptions = {
    root: resolve(publicDirectory),
    cacheControl: false,
    index: false,
    decorateReply: false,
    setHeaders(response, path) {
      // Named by their hash or their version, all but the timestamp never change; a wrapped key may be made anew.
      const changes = path.endsWith('timestamp.json') || path.includes('/keys/');
      response.setHeader('cache-control', changes ? 'no-cache' : 'public, max-age=31536000, immutable');
    },
  };
  await server.register(serveStatic, options);
}
