/** One form for all refusals: a status, and the problem in JSON. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import type { Refusal } from './protocol.ts';

/** The request is larger than allowed. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  readonly statusCode = 413;
}

/** More at once than is carried out. */
export class TooMany extends Error {
  override readonly name = 'TooMany';
  readonly statusCode = 429;
}

export function answerRefusals(server: FastifyInstance): void {
  server.setErrorHandler(async (error, _request, reply) =>
    reply.code(statusOf(error)).send({ problem: problemOf(error) } satisfies Refusal),
  );
  server.setNotFoundHandler(async ({ method, url }, reply) =>
    reply.code(404).send({ problem: `there is no ${method} ${url.slice(0, 200)}` } satisfies Refusal),
  );
}

/** For requests that reach no route, such as an undecodable path. Nobody else would close the connection of an upgrade. */
export function answerNonsense(error: Error, { raw }: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => raw.socket.end());
  void reply.code(400).send({ problem: messageOf(error) } satisfies Refusal);
}

function statusOf(error: unknown): number {
  if (error instanceof ZodError || error instanceof WrongUsage) return 400;
  const { statusCode } = error as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

function problemOf(error: unknown): string {
  if (!(error instanceof ZodError)) return messageOf(error);
  return error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
}
