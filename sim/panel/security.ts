/** Keeps other sites' pages away from the panel, and the panel's page away from everything but its own parts. */
import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { foreignHeader } from '../same-origin.ts';

/** @param port the server's own, known once it listens */
export function refuseForeigners(server: FastifyInstance, port: () => number): void {
  server.addHook('onRequest', async (request, reply) => {
    const problem = foreignPart(request, port());
    if (problem !== undefined) return reply.code(403).send({ problem });
  });
}

function foreignPart({ headers, routeOptions }: FastifyRequest, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin = '', 'sec-fetch-site': site } = headers;
  switch (foreignHeader(headers, name => hosts.includes(name))) {
    case 'host':
      return `Host: ${clip(host)} is not this panel, which is ${hosts.join(' or ')}`;
    case 'origin':
      return `Origin: ${clip(origin)} is not this panel's, which is http://${host}`;
    case 'sec-fetch-site':
      // A link from anywhere may open the page. Compare the route: a path can be written in several ways (/%61pi/…).
      return routeOptions.url === '/'
        ? undefined
        : `Sec-Fetch-Site: ${clip(String(site))}: only this panel's own page may ask`;
    case undefined:
      return undefined;
  }
}

function clip(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** @param siteUrl the registration site. @param inlineHash the hash of the one inline script, the import map */
export function panelHeaders(siteUrl: string, inlineHash: string): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", `'${inlineHash}'`],
        // xterm.js adds style elements with the sizes it has measured.
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

/** Of the machine's devices, the page may use the webcam only. */
export const permissionsPolicy = 'camera=(self), microphone=(), geolocation=(), usb=(), serial=()';
