/** What each request passes before a page sees it: a limit per address, one at a time per browser, and for forms where from. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createTurns } from './one-at-a-time.ts';
import { refusal } from './refusal.ts';

const minuteMs = 60_000;
const maxWaiting = 8;
const retryAfterS = 5;

export function addRateLimit(site: FastifyInstance, requestsPerMinute: number): void {
  const count = site.createRateLimit({ max: requestsPerMinute, timeWindow: minuteMs });
  site.addHook('onRequest', async request => {
    const counted = await count(request);
    if (!counted.isAllowed && counted.isExceeded) throw refusal(429, counted.ttlInSeconds);
  });
}

/** What is answered by nobody for so long after its connection has gone never will be. */
const lostMs = 60_000;

declare module 'fastify' {
  interface FastifyRequest {
    endTurn: (() => void) | undefined;
  }
}

/** To be added before the session is read; the turn ends when `endTurns` says so. */
export function beginTurns(pages: FastifyInstance, cookieName: string): void {
  const turns = createTurns(maxWaiting);
  pages.decorateRequest('endTurn', undefined);
  pages.addHook('onRequest', async (request, { raw }) => {
    const cookie = request.cookies[cookieName];
    if (cookie === undefined) return;
    const end = await turns.take(cookie);
    if (end === undefined) throw refusal(429, retryAfterS);
    request.endTurn = end;
    const giveUp = () => void setTimeout(end, lostMs).unref();
    if (raw.closed) giveUp();
    else raw.once('close', giveUp);
  });
}

/**
 * To be added after the session's own hooks: once it is saved the next request may have it. Not once the connection is closed,
 * for a browser closes it when a button is pressed again, while what the first press began goes on.
 */
export function endTurns(pages: FastifyInstance): void {
  pages.addHook('onSend', async request => request.endTurn?.());
}

/**
 * Forms are taken from our own pages only: the token must be this session's, and a browser that says where the form was must
 * say that it was here.
 */
export function formGuard(site: FastifyInstance, isHttps: boolean) {
  const scheme = isHttps ? 'https' : 'http';
  return (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const { origin, 'sec-fetch-site': from } = request.headers;
    const isForeign =
      (origin !== undefined && origin !== `${scheme}://${request.host}`) ||
      (from !== undefined && from !== 'same-origin');
    if (isForeign) void reply.send(refusal(403));
    else site.csrfProtection(request, reply, next);
  };
}
