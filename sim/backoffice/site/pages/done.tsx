/** The page after an upgrade: from when taps are checked, and what happens until then. */
import { pilotPolicy } from '../../../../device/core/policy.ts';
import { LeaveForm } from './form-parts.tsx';
import { HotlineLink, Layout, type PageProps } from './layout.tsx';
import { wait } from './problem-texts.ts';

const texts = {
  zh: {
    title: '升级办理完成',
    done: '已将您的乘车码、交通卡与健康码状态关联。',
    doneProxy: '代办完成：被代办人的乘车码、交通卡已与其健康码状态关联，并记录为代办。',
    when: '从何时起核验',
    rows: (soon: string) => [
      [`办理后 ${soon}内`, '关联信息送达车上的刷卡机'],
      ['5 月 23 日首班车起', '测试：刷卡机自动核验，人工查验照常，请仍出示健康宝'],
      ['约 5 月底起', '刷卡、扫码时自动核验，提示正常即可乘车'],
    ],
    lines: `适用线路：${pilotPolicy.lines.join('、')} 路。以上日期均为 2022 年。`,
    until: '在此之前',
    untilText: [
      '照常刷卡、扫码乘车，车费不变。',
      '请向司乘人员出示健康宝，由人工查验。',
      '如刷卡机提示“未查询到健康码信息”，表示关联信息尚未送达该车，出示健康宝即可。',
    ],
    manage: '您可以随时在首页“查询或撤回”查看关联情况，或撤回同意。',
    help: '如有疑问，请拨打服务热线',
    leave: '完成并退出',
    look: '查看关联情况',
  },
  en: {
    title: 'The upgrade is done',
    done: 'Your ride codes and cards are now linked to the state of your health code.',
    doneProxy:
      'Done for that person: their ride codes and cards are linked to the state of their health code. It is recorded as done by proxy.',
    when: 'From when taps are checked',
    rows: (soon: string) => [
      [`Within ${soon}`, 'The link reaches the validators'],
      [
        'From the first bus of 23 May',
        'Trial: the validator checks, and the crew check by hand as before. Please still show your Health Kit',
      ],
      [
        'From about the end of May',
        'Taps and scans are checked automatically. Board when the validator shows the usual text',
      ],
    ],
    lines: `On lines ${pilotPolicy.lines.join(', ')}. All dates in 2022, Beijing time.`,
    until: 'Until then',
    untilText: [
      'Tap and scan as always. The fare is the same.',
      'Show your Health Kit to the crew, who check it by hand.',
      'If a validator says that no health code was found, the link has not reached that bus yet: showing your Health Kit is enough.',
    ],
    manage: 'You can look up what is linked, or withdraw, at any time from the first page.',
    help: 'If in doubt, call the hotline',
    leave: 'Finish and leave',
    look: 'See what is linked',
  },
};

interface DoneProps extends PageProps {
  readonly token: string;
  readonly byProxy: boolean;
  /** Until the link is on the buses. */
  readonly liveWithinMs: number;
}

export function DonePage({ lang, token, byProxy, liveWithinMs }: DoneProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.title}>
      <p class="success">{byProxy ? say.doneProxy : say.done}</p>
      <h2>{say.when}</h2>
      <dl class="dates">
        {say.rows(wait(lang, liveWithinMs / 1000)).map(([when, what]) => (
          <div key={when}>
            <dt>{when}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{say.lines}</p>
      <h2>{say.until}</h2>
      <ul>
        {say.untilText.map(text => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p>
        {say.manage} {say.help} <HotlineLink />
      </p>
      <p class="actions">
        <a class="button second" href="/state">
          {say.look}
        </a>
      </p>
      <LeaveForm token={token} label={say.leave} />
    </Layout>
  );
}
