/**
 * What testers turn and read: SMS inboxes, health codes, faults, publications. A JSON API with its OpenAPI document, for a
 * simulation only: who reaches it reads every code that is sent.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { ZodError } from 'zod';
import type { SimulatedHealthSource } from '../health/simulated-source.ts';
import type { Publishing } from '../publishing/publishing.ts';
import type { SimulatedSmsGateway } from '../registration/simulated-sms-gateway.ts';
import type { Store } from '../store/store.ts';
import { serveLocally } from './local-only.ts';
import { addPages } from './pages.ts';
import { addRoutes } from './routes.ts';

export interface SimApiParts {
  readonly gateway: SimulatedSmsGateway;
  readonly source: SimulatedHealthSource;
  readonly store: Store;
  readonly publishing: Publishing;
}

const info = {
  title: 'Simulated back office',
  description: 'Controls of the simulation: SMS inboxes, health codes, faults, publications.',
  version: '1',
};

/** To be registered under a prefix of its own. */
export function createSimApi(parts: SimApiParts): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    serveLocally(server);
    await server.register(swagger, { openapi: { openapi: '3.1.0', info } });
    // What is checked is told by the handlers; the schemas are for the document.
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
    addPages(server, parts);
  };
}
