/**
 * The registration site: the upgrade service in its three steps, for oneself or somebody else, one's own state, and the
 * withdrawal. A fastify plugin over the registration; pages are rendered on the server and have no scripts.
 */
import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import session from '@fastify/session';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { DeviceError } from '../../../device/kit/errors.ts';
import { withinTime } from '../../../device/kit/time.ts';
import type { Registration } from '../registration/registration.ts';
import { sendPage } from './answers.ts';
import { addAssets } from './assets.ts';
import { addErrorPages, type TellFault } from './error-pages.ts';
import { addHttpsOnly, addRateLimit, beginTurns, endTurns, formGuard } from './guards.ts';
import { type HeaderOptions, securityHeaders } from './headers.ts';
import { addLanguage } from './language.ts';
import { EntryPage } from './pages/entry.tsx';
import { NotOpenPage } from './pages/error.tsx';
import { addCode } from './routes/code.ts';
import { addDetails } from './routes/details.ts';
import { addManage } from './routes/manage.ts';
import { addMedia } from './routes/media.ts';
import { addRides } from './routes/rides.ts';
import { sessionMs } from './session.ts';
import { createSessionStore } from './session-store.ts';
import { createWaitingRoom } from './waiting-room.ts';

export interface SiteOptions extends HeaderOptions {
  /**
   * The site is reached by https: cookies are Secure and named `__Host-…`, so that no other host and no plain line can plant
   * one. A proxy that does this must be trusted by the server (`trustProxy`) and say so (X-Forwarded-Proto). Otherwise sessions
   * live on plain http, as on one's own machine: there a session can be planted, but `moving-on.ts` leaves nothing in it.
   */
  readonly https: boolean;
  /** Keys for session cookies, each of 32 characters or more: the first one signs, all are accepted. Random unless given. */
  readonly secrets?: readonly string[];
  /** Requests a minute from one address (an IPv6 /64); many phones of one network share one. */
  readonly requestsPerMinute?: number;
  /** SMS codes that one address may ask for in a second; more wait their turn. */
  readonly codesPerSecond?: number;
  /** The most sessions that are remembered, at about 1 KiB each; beyond it those unused the longest are forgotten. */
  readonly maxSessions?: number;
  /** The registration must answer within this; 10 s unless given. */
  readonly serviceTimeoutMs?: number;
  readonly tell?: TellFault;
}

const maxBodyBytes = 8 << 10;
const defaultServiceTimeoutMs = 10_000;
const defaultRequestsPerMinute = 3000;
const defaultCodesPerSecond = 5;
const defaultMaxSessions = 300_000;
const rememberedAddresses = 50_000;

/** Mount it at `/` of a server that has `siteServerOptions()`. */
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
    // Only these pages have a session: a page that caches may keep must set no session cookie.
    await site.register(async pages => {
      pages.addHook('onRequest', async ({ lang }, reply) => {
        if (registration.isOpen()) return;
        reply.code(503).header('retry-after', new Date(registration.opensAt).toUTCString());
        return sendPage(reply, NotOpenPage({ lang, opensAt: registration.opensAt }));
      });
      const cookieName = options.https ? '__Host-session' : 'session';
      await addSessions(pages, options, cookieName);
      const waitForTurn = createWaitingRoom(options.codesPerSecond ?? defaultCodesPerSecond);
      const routes = { registration, preHandler: formGuard(pages, options.https), waitForTurn };
      addDetails(pages, routes);
      addCode(pages, routes);
      addMedia(pages, routes);
      addManage(pages, routes, cookieName);
      addRides(pages, routes);
    });
  };
}

/** The order matters: cheap checks come first, and whatever the error pages need. */
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
  if (options.https) addHttpsOnly(site, options.tell);
  // Only forms are accepted: no JSON, no text.
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

/** Reads the token from the form only: with a token in a header, the body could be one that no form of ours has. */
function tokenOf({ body }: { readonly body?: unknown }): string | undefined {
  const token = typeof body === 'object' && body !== null && '_csrf' in body ? body._csrf : undefined;
  return typeof token === 'string' ? token : undefined;
}

/**
 * Gives up the registration behind the site when it does not answer in time. (fastify's own `handlerTimeout` stops once the
 * request's body has come, so it would never limit a form.)
 * @returns the same service; an answer that takes longer rejects with a DeviceError of kind `timeout`
 */
function withTimeLimit(service: Registration, limitMs: number): Registration {
  function limited<T>(what: string, answer: Promise<T>): Promise<T> {
    return withinTime(answer, limitMs, () => {
      throw new DeviceError('timeout', 'registration', `${what}: no answer within ${limitMs} ms`);
    });
  }
  return {
    get opensAt() {
      return service.opensAt;
    },
    isOpen: () => service.isOpen(),
    requestCode: (...of) => limited('requestCode', service.requestCode(...of)),
    verify: (...of) => limited('verify', service.verify(...of)),
    ownState: (...of) => limited('ownState', service.ownState(...of)),
    consent: (...of) => limited('consent', service.consent(...of)),
    withdraw: (...of) => limited('withdraw', service.withdraw(...of)),
    missedTapOffs: (...of) => limited('missedTapOffs', service.missedTapOffs(...of)),
    makeUp: (...of) => limited('makeUp', service.makeUp(...of)),
    leave: (...of) => limited('leave', service.leave(...of)),
  };
}
