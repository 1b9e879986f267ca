/** The text of each problem, which says what to do. */
import type { Lang } from '../language.ts';
import type { Problem, ProblemName } from '../session.ts';

type Text = (count: number) => string;

const texts: Record<Lang, Record<ProblemName, Text>> = {
  zh: {
    'name-wrong': () => '请填写证件上的姓名，50 个字以内',
    'phone-wrong': () => '请填写 11 位中国大陆手机号',
    'too-soon': seconds => `刚刚已发送过验证码，请 ${wait('zh', seconds)}后再获取`,
    'too-many': seconds => `获取验证码的次数过多，请 ${wait('zh', seconds)}后再试`,
    'code-form': () => '请填写短信中的 6 位数字验证码',
    'code-wrong': tries => `验证码不正确，还可以再试 ${tries} 次`,
    'code-gone': () => '验证码已失效，请重新获取',
    'verify-again': () => '验证已过期，请重新获取验证码',
    'own-code-wanted': () => '撤回同意须另行验证，请获取验证码',
    'own-code-for-rides': () => '查看乘车和补登须本人另行验证，请获取验证码',
    'stop-wanted': () => '请选择下车站',
    'ride-gone': () => '这次乘车已不能补登',
    'agree-wanted': () => '请阅读温馨提示，并勾选同意',
    'authorised-wanted': () => '请确认已取得被代办人本人同意',
    'notice-changed': () => '温馨提示有更新，请重新阅读后再同意',
  },
  en: {
    'name-wrong': () => 'Enter the name as on the identity document, 50 letters at most',
    'phone-wrong': () => 'Enter a mainland China mobile number of 11 digits',
    'too-soon': seconds => `A code was sent just now. Ask for another one in ${wait('en', seconds)}`,
    'too-many': seconds => `Too many codes were asked for. Try again in ${wait('en', seconds)}`,
    'code-form': () => 'Enter the 6 digits of the code in the SMS',
    'code-wrong': tries =>
      tries === 1 ? 'Wrong code. One try is left' : `Wrong code. ${tries} tries are left`,
    'code-gone': () => 'This code is no longer valid. Get a new one',
    'verify-again': () => 'You verified your phone too long ago. Get a new code',
    'own-code-wanted': () => 'To withdraw, get a code for just that',
    'own-code-for-rides': () => 'To see your rides, get a code for just that',
    'stop-wanted': () => 'Choose the stop where you got off',
    'ride-gone': () => 'This ride can no longer be made up',
    'agree-wanted': () => 'Read the notice and tick the box to agree',
    'authorised-wanted': () => 'Confirm that the person has agreed',
    'notice-changed': () => 'The notice has changed. Read it again before you agree',
  },
};

export function problemText(lang: Lang, { says, count = 0 }: Problem): string {
  return texts[lang][says](count);
}

/** A waiting time in words: in seconds up to two minutes, in minutes up to two hours, then in hours. */
export function wait(lang: Lang, seconds: number): string {
  const [count, zh, en] =
    seconds <= 120
      ? [Math.max(1, Math.ceil(seconds)), '秒', 'second']
      : seconds <= 7200
        ? [Math.ceil(seconds / 60), '分钟', 'minute']
        : [Math.ceil(seconds / 3600), '小时', 'hour'];
  return lang === 'zh' ? `${count} ${zh}` : `${count} ${en}${count === 1 ? '' : 's'}`;
}
