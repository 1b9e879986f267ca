/**
 * Keeps other sites' pages from the controls, also in a browser on the same machine: a name that somebody has pointed here
 * (DNS rebinding) is none of ours, and a form or script of another site changes nothing.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

const ownNames = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;
const readingMethods: readonly string[] = ['GET', 'HEAD'];

export function serveLocally(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    const problem = problemOf(request);
    if (problem !== undefined) return reply.code(403).send({ problems: [problem] });
  });
}

function problemOf({ method, headers }: FastifyRequest): string | undefined {
  const { host = '', origin, 'sec-fetch-site': from = 'none' } = headers;
  if (!ownNames.test(host)) return 'the controls are at 127.0.0.1 and localhost only';
  const isForeign =
    !['same-origin', 'none'].includes(from) || (origin ?? `http://${host}`) !== `http://${host}`;
  return isForeign && !readingMethods.includes(method) ? 'sent by another site' : undefined;
}
