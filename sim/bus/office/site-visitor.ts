/** A passenger at the registration site: fills in and sends the forms like a browser without scripts. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { SimulatedSmsGateway } from '../../backoffice/registration/sms-gateway.ts';
import { noticeVersion } from '../../backoffice/site/pages/notice-text.ts';
import type { Identity } from '../../backoffice/store/vault.ts';

export interface SiteVisitor {
  /** Goes through the three steps. @throws WrongUsage with what the site says instead */
  register(who: Identity): Promise<void>;
  /** As somebody else does it, whom the person tells the code on their phone. @throws as `register` */
  registerByProxy(who: Identity): Promise<void>;
  /** @throws as `register` */
  withdraw(who: Identity): Promise<void>;
}

interface Page {
  /** After all redirects. */
  readonly path: string;
  readonly html: string;
}

export function siteVisitor(url: string, gateway: Pick<SimulatedSmsGateway, 'inbox'>): SiteVisitor {
  async function verified(
    browser: Browser,
    form: 'register' | 'proxy' | 'manage',
    who: Identity,
  ): Promise<Page> {
    const { name, phone } = who;
    const asked = await browser.send(await browser.get(`/${form}`), `/${form}`, { name, phone });
    expectPath(asked, '/code');
    const code = /\d{6}/.exec(gateway.inbox(phone)[0]?.text ?? '')?.[0];
    if (code === undefined) throw new WrongUsage('no code came by SMS');
    return browser.send(asked, '/code', { code });
  }

  async function register(form: 'register' | 'proxy', who: Identity): Promise<void> {
    const browser = openBrowser(url);
    const media = await verified(browser, form, who);
    // The site skips the list if all media are linked already.
    if (media.path === '/state') return;
    expectPath(media, '/media');
    const authorised: Record<string, string> = form === 'proxy' ? { authorised: 'yes' } : {};
    const agreed = { version: noticeVersion, agree: 'yes', ...authorised };
    expectPath(await browser.send(media, '/media', agreed), '/done');
  }

  return {
    register: who => register('register', who),
    registerByProxy: who => register('proxy', who),
    async withdraw(who) {
      const browser = openBrowser(url);
      expectPath(await verified(browser, 'manage', who), '/state');
      const asked = await browser.get('/withdraw');
      expectPath(asked, '/withdraw');
      expectPath(await browser.send(asked, '/withdraw', {}), '/withdrawn');
    },
  };
}

type Browser = ReturnType<typeof openBrowser>;

const answerLimitMs = 60_000;
const maxRedirects = 5;

/** Keeps cookies and form tokens, and follows redirects. */
function openBrowser(url: string) {
  const cookies = new Map<string, string>();

  async function ask(path: string, init: RequestInit): Promise<Page> {
    let { next, html } = await askOnce(path, init);
    let at = path;
    for (let turns = 0; next !== undefined && turns < maxRedirects; turns++) {
      at = next;
      ({ next, html } = await askOnce(at, {}));
    }
    return { path: at, html };
  }

  async function askOnce(path: string, init: RequestInit) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { ...init.headers, cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(answerLimitMs),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const html = await response.text();
    if (response.status >= 400) throw new WrongUsage(`the site: ${response.status} ${saidBy(html)}`);
    const next = response.headers.get('location')?.split('#', 1)[0];
    return { next, html };
  }

  return {
    get: (path: string) => ask(path, {}),
    send(page: Page, action: string, fields: Readonly<Record<string, string>>) {
      const token = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
      const body = new URLSearchParams({ _csrf: token, ...fields });
      return ask(action, { method: 'POST', body, headers: { origin: url } });
    },
  };
}

function expectPath({ path, html }: Page, expected: string): void {
  if (path !== expected || isRefusal(html)) throw new WrongUsage(`the site: ${saidBy(html)}`);
}

/** The page found nothing that could be linked. */
function isRefusal(html: string): boolean {
  return html.includes('id="problems"');
}

/** The problems, or else the heading. */
function saidBy(html: string): string {
  const [, problems] = /id="problems"[^>]*>(.*?)<\/(?:ul|div|section)>/s.exec(html) ?? [];
  const [, heading = ''] = /<h1[^>]*>(.*?)<\/h1>/s.exec(html) ?? [];
  return (problems ?? heading)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
