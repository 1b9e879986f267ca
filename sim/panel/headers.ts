/** The panel's security headers: scripts and styles are its own, and it frames the registration site only. */
import type { FastifyHelmetOptions } from '@fastify/helmet';

/** @param siteUrl the registration site. @param inlineHash of the one inline script, the import map */
export function panelHeaders(siteUrl: string, inlineHash: string): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", `'${inlineHash}'`],
        // xterm.js makes style elements of its own, with the sizes it has measured.
        'style-src-elem': ["'self'", "'unsafe-inline'"],
        'style-src-attr': ["'none'"],
        'img-src': ["'self'", 'blob:', 'data:'],
        'media-src': ['blob:'],
        'connect-src': ["'self'"],
        'frame-src': [siteUrl],
        'form-action': ["'none'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  };
}

/** The page may look through the webcam, and nothing else of the machine. */
export const permissionsPolicy = 'camera=(self), microphone=(), geolocation=(), usb=(), serial=()';
