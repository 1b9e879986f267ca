/**
 * The controls for testers: SMS inboxes, health codes, faults, publications. A JSON API with its OpenAPI document, for a
 * simulation only, because whoever reaches it can read every code that is sent.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { foreignHeader } from '../../same-origin.ts';
import { addSettlement } from '../settlement/routes.ts';
import { addTapLists } from '../tap-lists/routes.ts';
import { addPages } from './pages.ts';
import { addRoutes, type SimApiParts } from './routes.ts';

const info = {
  title: 'Simulated back office',
  description: 'Controls of the simulation: SMS inboxes, health codes, faults, publications.',
  version: '1',
};

const ownNames = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;
const readingMethods: readonly string[] = ['GET', 'HEAD'];

/** Register it under a prefix of its own. */
export function createSimApi(parts: SimApiParts): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    server.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      const problem = foreignPart(request);
      if (problem !== undefined) return reply.code(403).send({ problems: [problem] });
    });
    await server.register(swagger, { openapi: { openapi: '3.1.0', info } });
    // The handlers check what comes; the schemas are only for the document.
    server.setValidatorCompiler(() => value => ({ value }));
    server.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof ZodError) {
        const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
        return reply.code(400).send({ problems });
      }
      const { statusCode = 500, message } = error as { statusCode?: number; message: string };
      return reply.code(statusCode).send({ problems: [message] });
    });
    server.setNotFoundHandler((_request, reply) => reply.code(404).send({ problems: ['no such control'] }));
    addRoutes(server, parts);
    addPages(server, parts.gateway);
    const settlement: FastifyPluginAsync = async pages => addSettlement(pages, parts.settlement);
    await server.register(settlement, { prefix: '/settlement' });
    const taps: FastifyPluginAsync = async pages => addTapLists(pages, parts.tapList);
    await server.register(taps, { prefix: '/taps' });
  };
}

/** A page of another site may not use the controls, though it could read what changes nothing. */
function foreignPart({ method, headers }: FastifyRequest): string | undefined {
  const foreign = foreignHeader(headers, host => ownNames.test(host));
  if (foreign === 'host') return 'the controls are at 127.0.0.1 and localhost only';
  return foreign === undefined || readingMethods.includes(method) ? undefined : 'sent by another site';
}
