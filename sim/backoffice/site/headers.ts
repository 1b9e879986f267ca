/** The security headers: nothing but our own stylesheet and icon is loaded, no script runs, nothing is framed or told elsewhere. */
import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { SiteOptions } from './options.ts';

const halfYearS = 180 * 24 * 3600;

/**
 * The referrer goes to ourselves only; with `no-referrer` browsers would send `Origin: null` with our own forms, and what the
 * guard looks at would say nothing.
 */
export function securityHeaders({ https, frameAncestors = [] }: SiteOptions): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': frameAncestors.length === 0 ? ["'none'"] : [...frameAncestors],
      },
    },
    xFrameOptions: frameAncestors.length === 0 ? { action: 'deny' } : false,
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? { maxAge: halfYearS, includeSubDomains: false } : false,
  };
}
