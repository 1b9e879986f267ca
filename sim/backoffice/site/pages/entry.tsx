/** The first page: what the service is for, whom it serves, from when, and the three ways in. */
import { pilotPolicy } from '../../../../device/core/policy.ts';
import { HotlineLink, Layout, type PageProps } from './layout.tsx';
import { timeInWords } from './time-in-words.ts';

const texts = {
  zh: {
    title: '北京公交集团启动公交乘车码升级服务工作',
    lead: '将您的公交乘车码、交通卡与健康码状态关联。关联后，刷卡、扫码乘车时由刷卡机自动核验健康码，不必每次出示健康宝。',
    start: '立即办理升级',
    proxy: '为他人代办',
    manage: '查询或撤回',
    opens: (at: string) => `服务将于 ${at} 开放，届时可在本页办理。`,
    whom: '服务对象',
    whomText: [
      '在北京公交集团登记过手机号的乘车码和交通卡。',
      '升级服务仅支持北京公交集团乘车码。其他机构发行的乘车码、卡不能在此办理。',
      '老年人、残疾人优待卡自 5 月 31 日起由公交集团统一关联，无需申请。',
    ],
    how: '怎样办理',
    howText: [
      '填写姓名和登记的手机号，获取验证码。',
      '输入短信验证码，点击“下一步”。',
      '阅读温馨提示，点击“已阅读并同意”，即办理完成。',
    ],
    dates: '时间安排',
    dateRows: [
      ['5 月 19 日 0 时起', '开始办理升级'],
      ['5 月 23 日首班车起', '在下列 10 条线路测试；测试期间人工查验照常，自动核验结果不单独作为依据'],
      ['约 5 月底起', '上述线路刷卡、扫码时自动核验健康码'],
    ],
    year: '以上日期均为 2022 年。',
    lines: '试点线路',
    line: '路',
    privacy: '个人信息保护',
    privacyText:
      '依照《个人信息保护法》，只为上述用途收集必需的信息，姓名和手机号加密保存。车辆上不存放姓名、手机号和卡号。您可以随时查询，或撤回同意。',
    help: '需要帮助，请拨打服务热线',
  },
  en: {
    title: 'Beijing Bus Group starts the ride code upgrade service',
    lead: 'Link your ride code and transit card to your health code. Validators then check it by themselves when you tap or scan, and you need not show it to the crew each time.',
    start: 'Upgrade now',
    proxy: 'Upgrade for somebody else',
    manage: 'Look up or withdraw',
    opens: (at: string) => `The service opens on ${at}. You can then upgrade on this page.`,
    whom: 'Who can use it',
    whomText: [
      'Holders of ride codes and transit cards registered with a phone number at Beijing Bus Group.',
      'Only ride codes of Beijing Bus Group can be upgraded. Codes and cards of others cannot be linked here.',
      'Cards of senior and disabled passengers are linked by the group from 31 May, without application.',
    ],
    how: 'How it works',
    howText: [
      'Enter your name and the phone number you registered with, and get a code.',
      'Enter the code from the SMS and choose “Next”.',
      'Read the notice and choose “I have read and agree”. Done.',
    ],
    dates: 'Dates',
    dateRows: [
      ['From 19 May, 00:00', 'Upgrades on this site'],
      [
        'From the first bus of 23 May',
        'Trial on the ten lines below. The manual check goes on; the automatic result decides nothing alone',
      ],
      ['From about the end of May', 'Taps and scans check the health code on these lines'],
    ],
    year: 'All in 2022, Beijing time.',
    lines: 'Pilot lines',
    line: '',
    privacy: 'Your personal information',
    privacyText:
      'Under the Personal Information Protection Law only what this purpose needs is collected. Name and phone number are stored encrypted. No name, phone or card number is kept on a bus. You can look up your data, or withdraw, at any time.',
    help: 'For help call the hotline',
  },
};

interface EntryProps extends PageProps {
  /** Unix milliseconds, where it is not open yet. */
  readonly opensAt: number | undefined;
}

export function EntryPage({ lang, opensAt }: EntryProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.title}>
      <p class="lead">{say.lead}</p>
      {opensAt === undefined ? (
        <nav class="ways" aria-label={lang === 'zh' ? '办理' : 'Services'}>
          <a class="button" href="/register">
            {say.start}
          </a>
          <a class="button second" href="/proxy">
            {say.proxy}
          </a>
          <a class="button second" href="/manage">
            {say.manage}
          </a>
        </nav>
      ) : (
        <p class="note">{say.opens(timeInWords(lang, opensAt))}</p>
      )}
      <h2>{say.how}</h2>
      <ol>
        {say.howText.map(text => (
          <li key={text}>{text}</li>
        ))}
      </ol>
      <h2>{say.dates}</h2>
      <dl class="dates">
        {say.dateRows.map(([when, what]) => (
          <div key={when}>
            <dt>{when}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{say.year}</p>
      <h2>{say.lines}</h2>
      <ul class="lines">
        {pilotPolicy.lines.map(line => (
          <li key={line}>
            {line}
            {say.line && ` ${say.line}`}
          </li>
        ))}
      </ul>
      <h2>{say.whom}</h2>
      <ul>
        {say.whomText.map(text => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <h2>{say.privacy}</h2>
      <p>{say.privacyText}</p>
      <p>
        {say.help} <HotlineLink />
      </p>
    </Layout>
  );
}
