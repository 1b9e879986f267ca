/** What a route answers with: a page, the way to another page, or a refusal, of which the error page is made. */
import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export function htmlOf(page: VNode): string {
  return `<!doctype html>\n${renderToString(page)}\n`;
}

export function sendPage(reply: FastifyReply, page: VNode): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(htmlOf(page));
}

/** After a form: the next page is fetched, so that going back or reloading sends nothing twice. */
export function goTo(reply: FastifyReply, path: string): FastifyReply {
  return reply.redirect(path, 303);
}

export interface Refusal extends Error {
  readonly statusCode: number;
  readonly retryAfterS?: number;
}

export function refusal(statusCode: number, retryAfterS?: number): Refusal {
  const error = new Error(`refused: ${statusCode}`);
  return Object.assign(error, { statusCode }, retryAfterS === undefined ? {} : { retryAfterS });
}
