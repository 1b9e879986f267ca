/** What all pages share: head, the group's name, the language switch, the hotline. */
import type { ComponentChildren } from 'preact';
import { iconPath, stylesheetPath } from '../assets.ts';
import type { Lang } from '../language.ts';

export const hotline = '010-96166';

export interface PageProps {
  readonly lang: Lang;
}

interface LayoutProps extends PageProps {
  readonly title: string;
  /** Says in the title that the form has problems. */
  readonly hasProblems?: boolean;
  readonly children: ComponentChildren;
}

const texts = {
  zh: {
    html: 'zh-CN',
    group: '北京公交集团',
    service: '乘车码升级服务',
    skip: '跳到正文',
    problem: '请更正：',
    hotline: '服务热线',
    group2: '北京公共交通控股（集团）有限公司',
  },
  en: {
    html: 'en',
    group: 'Beijing Bus Group',
    service: 'Ride code upgrade',
    skip: 'Skip to content',
    problem: 'Please correct: ',
    hotline: 'Hotline',
    group2: 'Beijing Public Transport Corporation',
  },
};

export function Layout({ lang, title, hasProblems = false, children }: LayoutProps) {
  const say = texts[lang];
  return (
    <html lang={say.html}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <title>{`${hasProblems ? say.problem : ''}${title} - ${say.group}`}</title>
        <link rel="stylesheet" href={stylesheetPath} />
        <link rel="icon" type="image/svg+xml" href={iconPath} />
      </head>
      <body>
        <a class="skip" href="#main">
          {say.skip}
        </a>
        <header>
          <div class="bar">
            <a class="home" href="/">
              <strong>{say.group}</strong> <span>{say.service}</span>
            </a>
            <a
              class="language"
              href={`?lang=${lang === 'zh' ? 'en' : 'zh'}`}
              lang={lang === 'zh' ? 'en' : 'zh-CN'}
            >
              {lang === 'zh' ? 'English' : '中文'}
            </a>
          </div>
        </header>
        <main id="main">
          <h1>{title}</h1>
          {children}
        </main>
        <footer>
          <p>
            {say.hotline} <HotlineLink />
          </p>
          <p>{say.group2}</p>
        </footer>
      </body>
    </html>
  );
}

export function HotlineLink() {
  return (
    <a class="telephone" href={`tel:${hotline.replace('-', '')}`}>
      {hotline}
    </a>
  );
}
