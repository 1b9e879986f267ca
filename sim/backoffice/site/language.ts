/**
 * The language of a page: the one the visitor asks for (`?lang=en`), which a cookie remembers; until then the browser's first
 * that we have, and Chinese if it names neither.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

export type Lang = 'zh' | 'en';

declare module 'fastify' {
  interface FastifyRequest {
    lang: Lang;
  }
}

/** No more languages of a header are read; browsers name some ten at most. */
const maxLanguages = 32;
const yearS = 365 * 24 * 3600;

export function addLanguage(site: FastifyInstance, isHttps: boolean): void {
  const cookieName = isHttps ? '__Host-lang' : 'lang';
  site.decorateRequest('lang', 'zh');
  site.addHook('onRequest', async (request, reply) => {
    const { query, cookies, headers } = request;
    const asked = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined;
    if (!isLang(asked)) {
      const remembered = cookies[cookieName];
      request.lang = isLang(remembered) ? remembered : preferred(headers['accept-language']);
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

/** Where no plugin has read the headers. */
export function langOf({ cookie = '', 'accept-language': accepted }: IncomingHttpHeaders): Lang {
  const remembered = /(?:^|;\s*)(?:__Host-)?lang=(en|zh)(?:;|$)/.exec(cookie)?.[1];
  return isLang(remembered) ? remembered : preferred(accepted);
}

/** @param accepted an Accept-Language header: `en-GB,en;q=0.9,zh;q=0.5` */
function preferred(accepted = ''): Lang {
  const wanted = accepted.split(',', maxLanguages).flatMap(range => {
    const [, lang, quality = '1'] = /^\s*(zh|en)(?:-[\w-]*)?\s*(?:;\s*q=([\d.]+)\s*)?$/i.exec(range) ?? [];
    return lang === undefined || !(Number(quality) > 0) ? [] : [{ lang, quality: Number(quality) }];
  });
  // The sort is stable: of those that are wanted as much, the first.
  const [best] = wanted.sort((a, b) => b.quality - a.quality);
  return best?.lang.toLowerCase() === 'en' ? 'en' : 'zh';
}

function isLang(text: unknown): text is Lang {
  return text === 'zh' || text === 'en';
}
