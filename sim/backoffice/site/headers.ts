/** Security headers: a page loads our own stylesheet and icon only, runs no script, and is not framed by others. */
import type { FastifyHelmetOptions } from '@fastify/helmet';

const halfYearS = 180 * 24 * 3600;
/**
 * The referrer goes to this site only. With `no-referrer` a browser would send `Origin: null` with our own forms, and the
 * guard could not tell them from others'.
 */
const referrerPolicy = 'same-origin';

function contentSecurityPolicy(frameAncestors: readonly string[] = []) {
  return {
    'default-src': ["'none'"],
    'style-src': ["'self'"],
    'img-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': frameAncestors.length === 0 ? ["'none'"] : [...frameAncestors],
  };
}

export interface HeaderOptions {
  readonly https: boolean;
  /** Who may show the site in a frame, as CSP sources; nobody unless given. */
  readonly frameAncestors?: readonly string[];
}

export function securityHeaders({ https, frameAncestors = [] }: HeaderOptions): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy(frameAncestors) },
    xFrameOptions: frameAncestors.length === 0 ? { action: 'deny' } : false,
    referrerPolicy: { policy: referrerPolicy },
    strictTransportSecurity: https ? { maxAge: halfYearS, includeSubDomains: false } : false,
  };
}

/** For a request that reaches no route, and so not helmet either. */
export const bareHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': Object.entries(contentSecurityPolicy())
    .map(directive => directive.flat().join(' '))
    .join(';'),
  'x-content-type-options': 'nosniff',
  'referrer-policy': referrerPolicy,
};
