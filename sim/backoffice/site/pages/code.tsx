/** Step 2: the code from the SMS, and what to do if none comes. */
import { Field, type FormProps, ProblemList, Steps, Token } from './form-parts.tsx';
import { HotlineLink, Layout, type PageProps } from './layout.tsx';
import { wait } from './problem-texts.ts';

const texts = {
  zh: {
    title: '输入短信验证码',
    sent: (phone: string) => `验证码已发送到 ${phone}，5 分钟内有效。`,
    sentProxy: (phone: string) => `验证码已发送到被代办人的手机 ${phone}，5 分钟内有效。请向其索取验证码。`,
    before: '刚才已有验证码发送到该手机，不再重复发送：请填写最近一条短信中的验证码。',
    label: '验证码',
    hint: '6 位数字',
    next: '下一步',
    none: '收不到短信？',
    noneText: ['请检查手机网络是否正常。', '请稍候片刻，短信可能延迟。', '请重新获取验证码后再试。'],
    hotline: '仍收不到，请拨打服务热线',
    again: '重新获取验证码',
    soon: (time: string) => `${time}后可以重新获取。`,
    change: '修改姓名或手机号',
  },
  en: {
    title: 'Enter the code from the SMS',
    sent: (phone: string) => `A code was sent to ${phone}. It is valid for 5 minutes.`,
    sentProxy: (phone: string) =>
      `A code was sent to that person's phone ${phone}. It is valid for 5 minutes. Ask that person for it.`,
    before:
      'This phone got a code a few minutes ago, and no other was sent: enter the one from the newest SMS.',
    label: 'Code',
    hint: '6 digits',
    next: 'Next',
    none: 'No SMS?',
    noneText: [
      'Check that your phone has a network.',
      'Wait a little: messages may be delayed.',
      'Get a new code and try again.',
    ],
    hotline: 'If it still does not come, call the hotline',
    again: 'Get a new code',
    soon: (time: string) => `You can get a new one in ${time}.`,
    change: 'Change name or phone number',
  },
};

interface CodeProps extends PageProps, FormProps {
  readonly isRegistering: boolean;
  readonly byProxy: boolean;
  readonly maskedPhone: string;
  /** The time until a new code can be asked for; 0 where it can be now. */
  readonly resendAfterS: number;
  /** The phone got its code a few minutes ago, because somebody asked for one. */
  readonly isSentBefore: boolean;
  /** Where name and phone were entered. */
  readonly backTo: string;
}

export function CodePage(props: CodeProps) {
  const { lang, token, problems, isRegistering, byProxy, maskedPhone, resendAfterS, isSentBefore, backTo } =
    props;
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.title} hasProblems={problems.length > 0}>
      {isRegistering && <Steps lang={lang} at={2} />}
      <ProblemList lang={lang} problems={problems} />
      <p>{(byProxy ? say.sentProxy : say.sent)(maskedPhone)}</p>
      {isSentBefore && <p class="note">{say.before}</p>}
      <form method="post" action="/code" novalidate>
        <Token token={token} />
        <Field
          lang={lang}
          name="code"
          label={say.label}
          hint={say.hint}
          problems={problems}
          type="text"
          autocomplete={byProxy ? 'off' : 'one-time-code'}
          maxLength={300}
        />
        <button type="submit">{say.next}</button>
      </form>
      <section class="aside" aria-labelledby="none">
        <h2 id="none">{say.none}</h2>
        <ol>
          {say.noneText.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ol>
        <p>
          {say.hotline} <HotlineLink />
        </p>
        <form method="post" action="/code">
          <Token token={token} />
          <input type="hidden" name="again" value="yes" />
          {resendAfterS > 0 && <p class="hint">{say.soon(wait(lang, resendAfterS))}</p>}
          <button type="submit" class="second">
            {say.again}
          </button>
        </form>
        <p>
          <a href={backTo}>{say.change}</a>
        </p>
      </section>
    </Layout>
  );
}
