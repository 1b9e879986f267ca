/** Step 3: what was found under the phone, the notice in full, and the consent. */
import type { OwnState } from '../../registration/registration.ts';
import { Choice, type FormProps, LeaveForm, ProblemList, Steps, Token } from './form-parts.tsx';
import { HotlineLink, Layout, type PageProps } from './layout.tsx';
import { MediaList } from './media-list.tsx';
import { notice, noticeVersion } from './notice-text.ts';

const texts = {
  zh: {
    title: '阅读温馨提示并同意',
    found: '可以升级的乘车码和卡',
    foundText: '以下乘车码和卡将与健康码状态关联：',
    foreign: '升级服务仅支持北京公交集团乘车码。您名下其他机构发行的乘车码、卡不能在此办理。',
    noneTitle: '没有可以升级的乘车码',
    none: '升级服务仅支持北京公交集团乘车码',
    noneText:
      '未找到以该姓名和手机号在北京公交集团登记的乘车码或交通卡。请核对姓名和手机号与登记时是否一致。',
    noneHelp: '如有疑问，请拨打服务热线',
    again: '重新填写',
    notice: '温馨提示',
    agree: '我已阅读并理解以上温馨提示，单独同意处理我的健康码状态这一敏感个人信息',
    agreeProxy: '我已阅读并理解以上温馨提示；被代办人已单独同意处理其健康码状态这一敏感个人信息',
    authorised: '我已取得被代办人本人（未满十四周岁的，为其监护人）的同意，为其代办',
    submit: '已阅读并同意',
    later: '暂不同意，退出',
  },
  en: {
    title: 'Read the notice and agree',
    found: 'What can be upgraded',
    foundText: 'These ride codes and cards will be linked to the state of the health code:',
    foreign:
      'Only ride codes of Beijing Bus Group can be upgraded. Codes and cards of others under this phone cannot be linked here.',
    noneTitle: 'Nothing here can be upgraded',
    none: 'Only ride codes of Beijing Bus Group can be upgraded',
    noneText:
      'No ride code or card of Beijing Bus Group is registered under this name and phone number. Check that both are as you registered them.',
    noneHelp: 'If in doubt, call the hotline',
    again: 'Enter the details again',
    notice: 'Notice',
    agree:
      'I have read and understood the notice and separately consent to the processing of the state of my health code, which is sensitive personal information',
    agreeProxy:
      'I have read and understood the notice, and the person has separately consented to the processing of the state of their health code, which is sensitive personal information',
    authorised: 'The person (for children under 14, their guardian) has agreed that I do this for them',
    submit: 'I have read and agree',
    later: 'Not now: leave',
  },
};

interface MediaProps extends PageProps, FormProps {
  readonly state: OwnState;
  readonly byProxy: boolean;
}

export function MediaPage({ lang, token, problems, state, byProxy }: MediaProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.title} hasProblems={problems.length > 0}>
      <Steps lang={lang} at={3} />
      <ProblemList lang={lang} problems={problems} />
      <h2>{say.found}</h2>
      <p class="person">
        {state.maskedName} {state.maskedPhone}
      </p>
      <p>{say.foundText}</p>
      <MediaList lang={lang} media={state.media} />
      {state.hasForeignMedia && <p class="note">{say.foreign}</p>}
      <h2>{say.notice}</h2>
      <div class="notice">
        {notice[lang].map(({ title, text, list }) => (
          <section key={title}>
            <h3>{title}</h3>
            {text.map(paragraph => (
              <p key={paragraph}>{paragraph}</p>
            ))}
            {list && (
              <ul>
                {list.map(item => (
                  <li key={item}>{item}</li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
      <form method="post" action="/media" novalidate>
        <Token token={token} />
        <input type="hidden" name="version" value={noticeVersion} />
        {byProxy && (
          <Choice lang={lang} name="authorised" problems={problems}>
            {say.authorised}
          </Choice>
        )}
        <Choice lang={lang} name="agree" problems={problems}>
          {byProxy ? say.agreeProxy : say.agree}
        </Choice>
        <button type="submit">{say.submit}</button>
      </form>
      <LeaveForm token={token} label={say.later} />
    </Layout>
  );
}

interface NoMediaProps extends PageProps {
  readonly token: string;
  readonly state: OwnState;
  readonly backTo: string;
}

export function NoMediaPage({ lang, token, state, backTo }: NoMediaProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.noneTitle}>
      <p class="note strong">{say.none}</p>
      <p>{state.hasForeignMedia ? say.foreign : say.noneText}</p>
      <p>
        {say.noneHelp} <HotlineLink />
      </p>
      <p class="actions">
        <a class="button second" href={backTo}>
          {say.again}
        </a>
      </p>
      <LeaveForm token={token} label={lang === 'zh' ? '退出' : 'Leave'} />
    </Layout>
  );
}
