/**
 * The registration site: the upgrade service in its three steps, for oneself or somebody else, the look at one's own state and
 * the withdrawal. Server-rendered, without scripts; a fastify plugin over what is behind it.
 */
import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import session from '@fastify/session';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Registration } from '../registration/registration.ts';
import { addAssets } from './assets.ts';
import { addErrorPages } from './error-pages.ts';
import { addRateLimit, beginTurns, endTurns, formGuard } from './guards.ts';
import { securityHeaders } from './headers.ts';
import { addLanguage } from './language.ts';
import type { SiteOptions } from './options.ts';
import { EntryPage } from './pages/entry.tsx';
import { NotOpenPage } from './pages/error.tsx';
import { addCode } from './routes/code.ts';
import { addDetails } from './routes/details.ts';
import { addManage } from './routes/manage.ts';
import { addMedia } from './routes/media.ts';
import { sendPage } from './send-page.ts';
import { sessionMs } from './session.ts';
import { createSessionStore } from './session-store.ts';
import { withTimeLimit } from './time-limit.ts';

const maxBodyBytes = 8 << 10;
const defaultServiceTimeoutMs = 10_000;
const defaultRequestsPerMinute = 600;
const defaultMaxSessions = 300_000;
const rememberedAddresses = 50_000;

/** To be mounted at `/` of a server that has `siteServerOptions()`. */
export function createSite(service: Registration, options: SiteOptions): FastifyPluginAsync {
  const registration = withTimeLimit(service, options.serviceTimeoutMs ?? defaultServiceTimeoutMs);
  return async site => {
    await addProtection(site, options);
    addErrorPages(site, options.tell);
    addAssets(site);
    site.get('/', async ({ lang }, reply) => {
      const opensAt = registration.isOpen() ? undefined : registration.opensAt;
      return sendPage(reply, EntryPage({ lang, opensAt }));
    });
    // Only these know the browser: what caches may keep sets no session cookie.
    await site.register(async pages => {
      pages.addHook('onRequest', async ({ lang }, reply) => {
        if (registration.isOpen()) return;
        reply.code(503).header('retry-after', new Date(registration.opensAt).toUTCString());
        return sendPage(reply, NotOpenPage({ lang, opensAt: registration.opensAt }));
      });
      const cookieName = options.https ? '__Host-session' : 'session';
      await addSessions(pages, options, cookieName);
      const routes = { registration, preHandler: formGuard(pages, options.https) };
      addDetails(pages, routes);
      addCode(pages, routes);
      addMedia(pages, routes);
      addManage(pages, routes, cookieName);
    });
  };
}

/** The order counts: what is cheap, and what the error pages need, comes first. */
async function addProtection(site: FastifyInstance, options: SiteOptions): Promise<void> {
  await site.register(helmet, securityHeaders(options));
  site.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  });
  await site.register(cookie);
  addLanguage(site, options.https);
  await site.register(rateLimit, { global: false, cache: rememberedAddresses });
  addRateLimit(site, options.requestsPerMinute ?? defaultRequestsPerMinute);
  // A form is all that is taken: no JSON, no text.
  site.removeAllContentTypeParsers();
  await site.register(formbody, { bodyLimit: maxBodyBytes });
}

async function addSessions(
  pages: FastifyInstance,
  { https, secrets, maxSessions = defaultMaxSessions }: SiteOptions,
  cookieName: string,
): Promise<void> {
  beginTurns(pages, cookieName);
  await pages.register(session, {
    secret: secrets === undefined ? randomBytes(32).toString('hex') : [...secrets],
    cookieName,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: https, maxAge: sessionMs },
    saveUninitialized: false,
    store: createSessionStore({ maxSessions, lifetimeMs: sessionMs }),
  });
  endTurns(pages);
  await pages.register(csrf, { sessionPlugin: '@fastify/session', getToken: tokenOf });
}

/** Only from the form: a token in a header could come with a body that no form of ours has. */
function tokenOf({ body }: { readonly body?: unknown }): string | undefined {
  const token = typeof body === 'object' && body !== null && '_csrf' in body ? body._csrf : undefined;
  return typeof token === 'string' ? token : undefined;
}
