/** What each request must pass before it reaches a page: a limit for its address, its browser's turn, and for a form its origin. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../registration/addresses.ts';
import { refusal } from './answers.ts';
import { clientAddress } from './client-address.ts';
import type { TellFault } from './error-pages.ts';
import { createTurns } from './one-at-a-time.ts';

const minuteMs = 60_000;
const maxWaiting = 8;
const retryAfterS = 5;

export function addRateLimit(site: FastifyInstance, requestsPerMinute: number): void {
  const keyGenerator = (request: FastifyRequest) => networkOf(clientAddress(request));
  const count = site.createRateLimit({ max: requestsPerMinute, timeWindow: minuteMs, keyGenerator });
  site.addHook('onRequest', async request => {
    const counted = await count(request);
    if (!counted.isAllowed && counted.isExceeded) throw refusal(429, counted.ttlInSeconds);
  });
}

/** A request by http to a site that is reached by https only; its forms could never work, for browsers would lose the session. */
const misdirected = 421;

/** Tells of the first such request: it is a proxy's mistake, and every visitor's request is like it. */
export function addHttpsOnly(site: FastifyInstance, tell: TellFault | undefined): void {
  let isTold = false;
  site.addHook('onRequest', async ({ protocol }) => {
    if (protocol === 'https') return;
    if (!isTold)
      tell?.('https-not-told', {
        problem: 'the proxy must be trusted (--trust-proxy) and send X-Forwarded-Proto: https',
      });
    isTold = true;
    throw refusal(misdirected);
  });
}

/** A request without an answer so long after its connection has gone will never have one. */
const lostMs = 60_000;

declare module 'fastify' {
  interface FastifyRequest {
    endTurn: (() => void) | undefined;
  }
}

/** Add this before the session is read. `endTurns` ends the turn. */
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
 * Add this after the session's own hooks: once the session is saved, the next request may read it. The turn does not end when
 * the connection closes, because a browser closes it when a button is pressed again, while the first request still works.
 */
export function endTurns(pages: FastifyInstance): void {
  pages.addHook('onSend', async request => request.endTurn?.());
}

/**
 * Takes forms from our own pages only: the token must be this session's, and where the browser tells the form's origin it must
 * be ours.
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
