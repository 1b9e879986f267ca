/** A registration site on a port of its own, over the fake service, and visitors with a browser's cookies. */
import { promisify } from 'node:util';
import fastify from 'fastify';
import { trustedProxies } from '../../../../sim/backoffice/site/client-address.ts';
import { type ServerLimits, siteServerOptions } from '../../../../sim/backoffice/site/server-options.ts';
import type { SiteOptions } from '../../../../sim/backoffice/site/site.ts';
import { createSite } from '../../../../sim/backoffice/site/site.ts';
import type { TestContext } from '../../../harness.ts';
import {
  createFakeRegistration,
  type FakeRegistration,
  foreigner,
  grandmother,
  lin,
  stranger,
} from './fake-registration.ts';

export interface TestSite {
  readonly url: string;
  readonly port: number;
  readonly registration: FakeRegistration;
  /** What was told of failures, as text. */
  readonly told: string[];
  visitor(): SiteVisitor;
  /** Those that are open now. */
  connections(): Promise<number>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

export interface SiteVisitor {
  /** Name → value, as a browser holds them. */
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** As it stands: a body of any sort. */
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Fills in a form of a page and sends it with its token; redirects are followed. */
  send(page: Answer, action: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  /** A redirect's page. */
  follow(answer: Answer): Promise<Answer>;
}

export async function startSite(
  { after }: TestContext,
  options: Partial<SiteOptions> = {},
  limits: ServerLimits & { readonly trustProxy?: boolean | string } = {},
): Promise<TestSite> {
  const registration = createFakeRegistration([lin, foreigner, grandmother, stranger]);
  const told: string[] = [];
  const { trustProxy: trusted = false } = limits;
  const trustProxy = typeof trusted === 'string' ? trustedProxies(trusted) : trusted;
  const server = fastify({ ...siteServerOptions(limits), trustProxy });
  const tell = (event: string, fields: Readonly<Record<string, unknown>>) =>
    told.push(JSON.stringify({ event, ...fields }));
  await server.register(
    createSite(registration, {
      https: false,
      requestsPerMinute: 1_000_000,
      codesPerSecond: Number.POSITIVE_INFINITY,
      tell,
      ...options,
    }),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  after(async () => {
    server.server.closeAllConnections();
    await server.close();
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const connections = promisify(server.server.getConnections.bind(server.server));
  return { url, port, registration, told, visitor: () => createVisitor(url), connections };
}

export function createVisitor(url: string): SiteVisitor {
  const cookies = new Map<string, string>();

  async function ask(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie);
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Expires=Thu, 01 Jan 1970/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, headers: response.headers, html: await response.text() };
  }

  const visitor: SiteVisitor = {
    cookies,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    async send(page, action, fields) {
      const body = new URLSearchParams({ _csrf: tokenIn(page), ...fields });
      return visitor.follow(await visitor.post(action, body.toString(), { origin: url }));
    },
    async follow(answer) {
      const location = answer.headers.get('location');
      return answer.status === 303 && location !== null
        ? visitor.follow(await visitor.get(location.split('#', 1)[0] ?? ''))
        : answer;
    },
  };
  return visitor;
}

export function tokenIn({ html }: Answer): string {
  const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
  if (token === undefined) throw new Error(`no form on this page: ${html}`);
  return token;
}

export function titleOf({ html }: Answer): string {
  return /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? '';
}
