/** As much of a browser as the registration site needs: one passenger's, whose requests a city's proxy hands on. */
import type { Pool } from 'undici';

export interface Page {
  readonly html: string;
}

export interface Browser {
  /** @throws for anything but a page */
  open(path: string): Promise<Page>;
  /** Sends a form of this page, and opens the page it leads to. @throws where it leads elsewhere than expected */
  submit(page: Page, path: string, fields: Readonly<Record<string, string>>, leadsTo: string): Promise<Page>;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly html: string;
}

/**
 * @param site its public address
 * @param timed is told how long each request took, in milliseconds; waiting for a connection is part of it
 */
export function createBrowser(
  proxy: Pool,
  site: URL,
  address: string,
  timed: (tookMs: number) => void,
): Browser {
  const cookies = new Map<string, string>();
  const handedOn = {
    host: site.host,
    'x-forwarded-for': address,
    'x-forwarded-proto': 'https',
    'accept-language': 'zh-CN',
  };

  async function ask(path: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const started = performance.now();
    const { statusCode, headers, body } = await proxy.request({
      path,
      method: form === undefined ? 'GET' : 'POST',
      headers: { ...handedOn, ...cookieHeader(cookies), ...(form && formHeaders(site)) },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    const html = await body.text();
    timed(performance.now() - started);
    for (const line of [headers['set-cookie'] ?? []].flat()) keepCookie(cookies, line);
    const location = headers.location;
    return { status: statusCode, location: typeof location === 'string' ? location : undefined, html };
  }

  async function open(path: string): Promise<Page> {
    const answer = await ask(path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.location ?? ''}`);
    return answer;
  }

  return {
    open,
    async submit({ html }, path, fields, leadsTo) {
      const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
      const { status, location } = await ask(path, { _csrf: token, ...fields });
      if (status !== 303 || location !== leadsTo)
        throw new Error(`POST ${path}: ${status} ${location ?? ''}`);
      return open(leadsTo);
    },
  };
}

function formHeaders({ origin }: URL): Readonly<Record<string, string>> {
  return { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
}

function cookieHeader(cookies: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  if (cookies.size === 0) return {};
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  cookies.set(name, value);
}
