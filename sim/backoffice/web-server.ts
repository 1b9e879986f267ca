/** The back office's web server: site, feed and controls under one address, with limits on slow and greedy clients. */
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { serveFeedFiles } from '../../sync/publisher/feed-server.ts';
import type { BackOfficeOptions } from './backoffice-options.ts';
import { trustedProxies } from './site/client-address.ts';
import { siteServerOptions } from './site/server-options.ts';

// `import` first searches all of its text for what it exports: that takes as long as running it.
const { fastify }: typeof import('fastify') = createRequire(import.meta.url)('fastify');

export interface OfficeParts {
  readonly site: FastifyPluginAsync;
  readonly simApi: FastifyPluginAsync | undefined;
  /** Directory. */
  readonly feedFiles: string;
}

export interface OfficeServer {
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** @throws WrongUsage for a port that is taken */
export async function serveOffice(
  { site, simApi, feedFiles }: OfficeParts,
  { port, trustProxy, isFeedUp = () => true }: BackOfficeOptions,
): Promise<OfficeServer> {
  const server = createServer(trustProxy);
  const feedPlugin: FastifyPluginAsync = async feed => {
    feed.addHook('onRequest', async (request, reply) => {
      if (isFeedUp()) return;
      reply.hijack();
      request.raw.destroy();
    });
    // Plain text instead of the site's page: every minute validators ask for files that are not there yet.
    feed.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('not found\n'));
    await serveFeedFiles(feed, feedFiles);
  };
  await server.register(feedPlugin, { prefix: '/feed' });
  if (simApi !== undefined) await server.register(simApi, { prefix: '/sim' });
  await server.register(site);
  await server.listen({ host, port }).catch(error => {
    throw new WrongUsage(`port ${port}: ${messageOf(error)}`);
  });
  const address = server.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${bound}`,
    close: () => server.close(),
  };
}

function createServer(trustProxy: string | undefined): FastifyInstance {
  try {
    return fastify({
      ...siteServerOptions(),
      trustProxy: trustProxy === undefined ? false : trustedProxies(trustProxy),
    });
  } catch (error) {
    throw new WrongUsage(`trusted proxies: ${messageOf(error)}`);
  }
}
