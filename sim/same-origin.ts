/**
 * Tells whether another site's page sent a request, in a browser on this machine. A foreign Host is a name that somebody has
 * pointed here (DNS rebinding); a foreign Origin or Sec-Fetch-Site is a form, link or script of another site.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** @returns the first header that does not belong to this server's own pages */
export function foreignHeader(
  headers: IncomingHttpHeaders,
  isOwnHost: (host: string) => boolean,
): 'host' | 'origin' | 'sec-fetch-site' | undefined {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  if (!isOwnHost(host)) return 'host';
  if (origin !== undefined && origin !== `http://${host}`) return 'origin';
  return site === 'same-origin' || site === 'none' ? undefined : 'sec-fetch-site';
}
