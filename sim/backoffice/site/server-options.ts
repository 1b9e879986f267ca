/** Options of the server under the site: how much and how slowly a client may send, and how malformed HTTP is answered. */
import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { htmlOf } from './answers.ts';
import { bareHeaders } from './headers.ts';
import { langOf } from './language.ts';
import { ErrorPage } from './pages/error.tsx';

export interface ServerLimits {
  /** A connection on which nothing moves is closed. */
  readonly idleMs?: number;
  /** A request's head, and the whole request, must have come by then. */
  readonly requestMs?: number;
}

const keepAliveMs = 5_000;
const maxHeaderBytes = 8 << 10;
const maxBodyBytes = 8 << 10;
const maxCheckMs = 1_000;

/** For `fastify({...})`. */
export function siteServerOptions({ idleMs = 15_000, requestMs = 10_000 }: ServerLimits = {}) {
  return {
    bodyLimit: maxBodyBytes,
    connectionTimeout: idleMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: requestMs,
      connectionsCheckingInterval: Math.min(maxCheckMs, requestMs),
    },
    frameworkErrors: (_error, { headers }, reply) => {
      const lang = langOf(headers);
      reply.hijack();
      reply.raw.writeHead(400, bareHeaders).end(htmlOf(ErrorPage({ lang, status: 400 })));
    },
    clientErrorHandler: answerMalformed,
  } satisfies FastifyServerOptions & { http: object };
}

const statuses: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

function answerMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const [status, reason] = statuses[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = htmlOf(ErrorPage({ lang: 'zh', status }));
  const headers = { ...bareHeaders, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
