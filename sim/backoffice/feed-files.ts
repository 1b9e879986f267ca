/** A feed's public files as a fastify plugin: ranges, ETags, nothing dynamic. */
import { resolve } from 'node:path';
import serveStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** @param publicDirectory with `metadata/`, `targets/` and `files/` */
export async function serveFeedFiles(server: FastifyInstance, publicDirectory: string): Promise<void> {
  const options: FastifyStaticOptions = {
    root: resolve(publicDirectory),
    cacheControl: false,
    index: false,
    decorateReply: false,
    setHeaders(response, path) {
      // Named by their hash or their version, all but the timestamp never change.
      const changes = path.endsWith('timestamp.json');
      response.setHeader('cache-control', changes ? 'no-cache' : 'public, max-age=31536000, immutable');
    },
  };
  await server.register(serveStatic, options);
}
