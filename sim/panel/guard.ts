/**
 * Whom the panel answers: itself only. A foreign Host is a name that somebody has made to point here (DNS rebinding), a foreign
 * Origin another site's page in this machine's browser.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** @param port the one listened on, known once it is */
export function refuseForeigners(server: FastifyInstance, port: () => number): void {
  server.addHook('onRequest', async ({ headers, routeOptions }, reply) => {
    // By the route: an address can be written in several ways (/%61pi/…).
    const problem = foreignPart(headers, routeOptions.url !== '/', port());
    if (problem !== undefined) return reply.code(403).send({ problem });
  });
}

/** @param isPart not the page itself, which may be opened by a link from anywhere */
function foreignPart(headers: IncomingHttpHeaders, isPart: boolean, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!hosts.includes(host)) return `Host: ${clip(host)} is not this panel, which is ${hosts.join(' or ')}`;
  if (origin !== undefined && origin !== `http://${host}`) {
    return `Origin: ${clip(origin)} is not this panel's, which is http://${host}`;
  }
  if (isPart && site !== undefined && site !== 'same-origin' && site !== 'none') {
    return `Sec-Fetch-Site: ${clip(String(site))}: only this panel's own page may ask`;
  }
  return undefined;
}

function clip(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
