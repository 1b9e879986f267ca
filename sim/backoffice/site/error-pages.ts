/** Makes a page of everything that goes wrong. What is told of a failure has nothing of a person in it. */
import type { FastifyInstance } from 'fastify';
import { DeviceError } from '../../../device/kit/errors.ts';
import { sendPage } from './answers.ts';
import { ErrorPage } from './pages/error.tsx';

/** Hears of what failed; nothing of a person is in it. */
export type TellFault = (event: string, fields: Readonly<Record<string, unknown>>) => void;

const retryAfterFaultS = 30;

export function addErrorPages(site: FastifyInstance, tell: TellFault | undefined): void {
  const methods = new Map<string, Set<string>>();
  site.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, known);
    for (const one of [method].flat()) known.add(one);
  });

  site.setNotFoundHandler(({ lang, url }, reply) => {
    const allowed = methods.get(url.split('?', 1)[0] ?? '');
    const status = allowed === undefined ? 404 : 405;
    if (allowed !== undefined) reply.header('allow', [...allowed].sort().join(', '));
    return sendPage(reply.code(status), ErrorPage({ lang, status }));
  });

  site.setErrorHandler((error, request, reply) => {
    const { status, retryAfterS } = answerTo(error);
    if (status >= 500) tell?.('page failed', { route: request.routeOptions.url, status, ...traceOf(error) });
    if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
    return sendPage(reply.code(status), ErrorPage({ lang: request.lang, status, retryAfterS }));
  });
}

function answerTo(error: unknown): { readonly status: number; readonly retryAfterS?: number } {
  if (error instanceof DeviceError) return { status: 503, retryAfterS: retryAfterFaultS };
  const status = numberOf(error, 'statusCode') ?? 500;
  const retryAfterS = numberOf(error, 'retryAfterS') ?? (status === 503 ? retryAfterFaultS : undefined);
  const known = status >= 400 && status < 600 ? status : 500;
  return retryAfterS === undefined ? { status: known } : { status: known, retryAfterS };
}

function numberOf(error: unknown, name: string): number | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** Where it was thrown. Its message is left out, because it may hold anything. */
function traceOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const at = (error.stack ?? '')
    .split('\n')
    .filter(line => line.startsWith('    at '))
    .slice(0, 8);
  return { error: error.name, code: Reflect.get(error, 'code'), at: at.map(line => line.trim()) };
}
