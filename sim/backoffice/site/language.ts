/** The language of a page: Chinese, unless the visitor asks for English (`?lang=en`), which a cookie remembers. */
import type { FastifyInstance } from 'fastify';

export type Lang = 'zh' | 'en';

declare module 'fastify' {
  interface FastifyRequest {
    lang: Lang;
  }
}

const yearS = 365 * 24 * 3600;

export function addLanguage(site: FastifyInstance, isHttps: boolean): void {
  const cookieName = isHttps ? '__Host-lang' : 'lang';
  site.decorateRequest('lang', 'zh');
  site.addHook('onRequest', async (request, reply) => {
    const { query, cookies } = request;
    const asked = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined;
    if (!isLang(asked)) {
      const remembered = cookies[cookieName];
      if (isLang(remembered)) request.lang = remembered;
      return;
    }
    request.lang = asked;
    reply.setCookie(cookieName, asked, {
      path: '/',
      maxAge: yearS,
      sameSite: 'lax',
      httpOnly: true,
      secure: isHttps,
    });
  });
}

/** Reads the language from a Cookie header, where no plugin has done so. */
export function langOf(cookieHeader: string): Lang {
  return /(?:^|;\s*)(?:__Host-)?lang=en(?:;|$)/.test(cookieHeader) ? 'en' : 'zh';
}

function isLang(text: unknown): text is Lang {
  return text === 'zh' || text === 'en';
}
