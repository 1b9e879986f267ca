/** The page for whatever goes wrong, in the site's layout: what happened and what to do. */
import { HotlineLink, Layout, type PageProps } from './layout.tsx';
import { wait } from './problem-texts.ts';
import { timeInWords } from './time-in-words.ts';

interface ErrorText {
  readonly title: string;
  readonly text: string;
}

const otherwise = 400;

const errorTexts = {
  zh: {
    400: { title: '请求无法处理', text: '收到的内容不完整或格式不正确。请返回首页重新操作。' },
    403: {
      title: '页面已过期',
      text: '页面停留过久、已在别处提交，或请求不是由本网站的页面发出的。为保护您的信息，本次未作处理。请从首页重新开始，并允许浏览器使用 Cookie。',
    },
    404: { title: '没有这个页面', text: '网址可能有误。请从首页进入。' },
    405: { title: '不支持这种操作', text: '该页面不接受这种请求方式。请从首页进入。' },
    408: { title: '请求超时', text: '网络较慢，请求未能及时送达。请稍后再试。' },
    413: { title: '提交的内容过大', text: '提交的内容超出限制，未作处理。请返回首页重新填写。' },
    431: { title: '请求无法处理', text: '浏览器发来的信息过长。请清除本网站的 Cookie 后，从首页重新开始。' },
    421: {
      title: '本网站只能通过 https 访问',
      text: '请检查网址是否以 https:// 开头。若网址无误，则是网站的设置有误，请告知服务热线（维护人员：反向代理须受信任，并发送 X-Forwarded-Proto: https）。',
    },
    429: { title: '请求过于频繁', text: '请稍候再试。您已办理的内容不受影响。' },
    500: {
      title: '暂时出错',
      text: '系统出现错误，本次操作可能未完成。请稍后再试；可在“查询或撤回”查看是否已办理。',
    },
    503: {
      title: '服务繁忙',
      text: '系统暂时不可用，本次操作可能未完成。请稍后再试；可在“查询或撤回”查看是否已办理。',
    },
  } satisfies Record<number, ErrorText>,
  en: {
    400: {
      title: 'The request could not be handled',
      text: 'What arrived was incomplete or malformed. Please start again from the first page.',
    },
    403: {
      title: 'This page has expired',
      text: 'It was open too long, was sent elsewhere already, or the request did not come from a page of this site. To protect your data nothing was done. Please start again from the first page, and let your browser use cookies.',
    },
    404: {
      title: 'There is no such page',
      text: 'The address may be wrong. Please start from the first page.',
    },
    405: {
      title: 'This cannot be done here',
      text: 'This page does not take requests of this kind. Please start from the first page.',
    },
    408: {
      title: 'The request took too long',
      text: 'The network is slow, and the request did not arrive in time. Please try again later.',
    },
    413: {
      title: 'Too much was sent',
      text: 'What was sent is larger than allowed, and nothing was done. Please start again from the first page.',
    },
    431: {
      title: 'The request could not be handled',
      text: 'What the browser sent along was too long. Please clear the cookies of this site and start again from the first page.',
    },
    421: {
      title: 'This site is reached by https only',
      text: 'Please check that the address begins with https://. If it does, the site is set up wrongly: please tell the hotline. (To the operator: the proxy must be trusted and send X-Forwarded-Proto: https.)',
    },
    429: {
      title: 'Too many requests',
      text: 'Please wait a little. What you have done already is not affected.',
    },
    500: {
      title: 'Something went wrong',
      text: 'There was an error, and this may not have been done. Please try again later. “Look up or withdraw” shows what was done.',
    },
    503: {
      title: 'The service is busy',
      text: 'It is not available just now, and this may not have been done. Please try again later. “Look up or withdraw” shows what was done.',
    },
  } satisfies Record<number, ErrorText>,
};

const texts = {
  zh: {
    retry: (time: string) => `请在 ${time}后再试。`,
    home: '返回首页',
    help: '如有疑问，请拨打服务热线',
    closed: '服务尚未开放',
    opens: (at: string) => `乘车码升级服务将于 ${at} 开放。在此之前不能办理，也不收集任何信息。`,
  },
  en: {
    retry: (time: string) => `Please try again in ${time}.`,
    home: 'To the first page',
    help: 'If in doubt, call the hotline',
    closed: 'The service is not open yet',
    opens: (at: string) =>
      `The upgrade service opens on ${at}. Until then nothing can be done here, and no information is collected.`,
  },
};

interface ErrorProps extends PageProps {
  readonly status: number;
  readonly retryAfterS?: number | undefined;
}

export function ErrorPage({ lang, status, retryAfterS }: ErrorProps) {
  const say = texts[lang];
  const { title, text } = errorText(lang, status);
  return (
    <Layout lang={lang} title={title}>
      <p>{text}</p>
      {retryAfterS !== undefined && <p class="note">{say.retry(wait(lang, retryAfterS))}</p>}
      <WayOut lang={lang} />
    </Layout>
  );
}

/** Before the opening. */
export function NotOpenPage({ lang, opensAt }: PageProps & { readonly opensAt: number }) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.closed}>
      <p class="note">{say.opens(timeInWords(lang, opensAt))}</p>
      <WayOut lang={lang} />
    </Layout>
  );
}

function WayOut({ lang }: PageProps) {
  const say = texts[lang];
  return (
    <>
      <p class="actions">
        <a class="button" href="/">
          {say.home}
        </a>
      </p>
      <p>
        {say.help} <HotlineLink />
      </p>
    </>
  );
}

function errorText(lang: PageProps['lang'], status: number): ErrorText {
  const known: Readonly<Record<number, ErrorText>> = errorTexts[lang];
  return known[status] ?? known[status < 500 ? otherwise : 500] ?? errorTexts[lang][otherwise];
}
