/** Sends a page: HTML that no cache keeps. */
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
