/** What the back office holds of a verified person, the question before a withdrawal, and its end. */
import type { OwnState } from '../../registration/registration.ts';
import type { Lang } from '../language.ts';
import { LeaveForm, Token } from './form-parts.tsx';
import { Layout, type PageProps } from './layout.tsx';
import { MediaList } from './media-list.tsx';
import { timeInWords } from './time-in-words.ts';

const texts = {
  zh: {
    title: '关联情况',
    name: '姓名',
    phone: '手机号',
    consent: '同意时间',
    version: '温馨提示版本',
    by: '办理方式',
    basis: { consent: '本人办理', proxy: '他人代办', 'without-application': '公交集团统一关联，无需申请' },
    linkedAt: '关联时间',
    health: '健康码状态',
    statuses: { green: '绿码', yellow: '黄码', red: '红码', popup: '弹窗' },
    healthAt: (status: string, at: string) => `${status}（${at}）`,
    unknown: '暂时无法获取，乘车时请出示健康宝',
    media: '乘车码和卡',
    none: '该姓名和手机号下没有北京公交集团的乘车码或交通卡。',
    notYet: '尚未办理升级，未与健康码状态关联。',
    foreign: '升级服务仅支持北京公交集团乘车码，其他机构发行的乘车码、卡不在此列。',
    start: '办理升级',
    withdraw: '撤回同意，解除关联',
    rides: '补登下车记录',
    leave: '退出',
    sureTitle: '确认撤回同意',
    sure: '撤回后：',
    sureText: [
      '您的乘车码、交通卡与健康码状态解除关联，自下一次数据更新起生效。',
      '您的姓名、手机号、关联和健康码状态将被删除；依法须留存的处理记录以代号保存三年。',
      '您仍可乘车：刷卡机会提示“未查询到健康码信息”，请向司乘人员出示健康宝，由人工查验；车费照常。',
      '以后可以重新办理升级。',
    ],
    yes: '确认撤回',
    no: '不撤回，返回',
    goneTitle: '已撤回同意',
    gone: '关联已解除，自下一次数据更新起生效。您的姓名、手机号、关联和健康码状态已删除；依法须留存的处理记录以代号保存三年。',
    goneNext: '今后乘车时，请向司乘人员出示健康宝，由人工查验。如需重新关联，可随时再次办理。',
  },
  en: {
    title: 'What is linked',
    name: 'Name',
    phone: 'Phone number',
    consent: 'Agreed on',
    version: 'Version of the notice',
    by: 'Done by',
    basis: {
      consent: 'The person',
      proxy: 'Somebody else, by proxy',
      'without-application': 'The bus group, without application',
    },
    linkedAt: 'Linked on',
    health: 'Health code',
    statuses: { green: 'Green', yellow: 'Yellow', red: 'Red', popup: 'Pop-up' },
    healthAt: (status: string, at: string) => `${status} (${at})`,
    unknown: 'Not known just now. Please show your Health Kit when you ride',
    media: 'Ride codes and cards',
    none: 'No ride code or card of Beijing Bus Group is registered under this name and phone number.',
    notYet: 'Not upgraded yet: nothing is linked to the health code.',
    foreign:
      'Only ride codes of Beijing Bus Group can be upgraded. Codes and cards of others are not listed.',
    start: 'Upgrade',
    withdraw: 'Withdraw and undo the link',
    rides: 'Make up a missed tap-off',
    leave: 'Leave',
    sureTitle: 'Withdraw your consent?',
    sure: 'If you withdraw:',
    sureText: [
      'Your ride codes and cards are no longer linked to your health code, from the next update of the data.',
      'Your name, phone number, links and health code state are erased. Records of processing that the law says must be kept stay for three years under a pseudonym.',
      'You can still ride: the validator says that no health code was found, you show your Health Kit to the crew, and the fare is taken as usual.',
      'You can upgrade again later.',
    ],
    yes: 'Yes, withdraw',
    no: 'No, go back',
    goneTitle: 'You have withdrawn',
    gone: 'The link is undone, from the next update of the data. Your name, phone number, links and health code state are erased. Records of processing that the law says must be kept stay for three years under a pseudonym.',
    goneNext: 'When you ride, please show your Health Kit to the crew. You can upgrade again at any time.',
  },
};

interface TokenProps extends PageProps {
  readonly token: string;
}

interface StateProps extends TokenProps {
  readonly state: OwnState;
  /** The visitor came for just that. */
  readonly isOwn: boolean;
}

export function StatePage({ lang, token, state, isOwn }: StateProps) {
  const say = texts[lang];
  const { consent } = state;
  const rows = [[say.name, state.maskedName], [say.phone, state.maskedPhone], ...linkRows(lang, state)];
  return (
    <Layout lang={lang} title={say.title}>
      <dl class="facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2>{say.media}</h2>
      {state.media.length === 0 ? <p>{say.none}</p> : <MediaList lang={lang} media={state.media} />}
      {state.hasForeignMedia && <p class="note">{say.foreign}</p>}
      {consent === undefined && <p class="note">{say.notYet}</p>}
      <p class="actions">
        {consent === undefined && state.media.length > 0 && (
          <a class="button" href="/media">
            {say.start}
          </a>
        )}
        {consent !== undefined && (
          <a class="button second" href="/withdraw">
            {say.withdraw}
          </a>
        )}
      </p>
      {isOwn && state.media.length > 0 && (
        <p class="actions">
          <a class="button second" href="/rides">
            {say.rides}
          </a>
        </p>
      )}
      <LeaveForm token={token} label={say.leave} />
    </Layout>
  );
}

/** Since when, on what basis, and which health code taps find; nothing where nothing is linked. */
function linkRows(lang: Lang, { consent, health }: OwnState): string[][] {
  const say = texts[lang];
  if (consent === undefined || health === undefined) return [];
  const wasAsked = consent.basis !== 'without-application';
  const code =
    health.status === 'unknown'
      ? say.unknown
      : say.healthAt(say.statuses[health.status], timeInWords(lang, health.at));
  return [
    [wasAsked ? say.consent : say.linkedAt, timeInWords(lang, consent.at)],
    ...(wasAsked ? [[say.version, consent.textVersion]] : []),
    [say.by, say.basis[consent.basis]],
    [say.health, code],
  ];
}

export function WithdrawPage({ lang, token }: TokenProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.sureTitle}>
      <p>{say.sure}</p>
      <ul>
        {say.sureText.map(text => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <form method="post" action="/withdraw">
        <Token token={token} />
        <button type="submit" class="danger">
          {say.yes}
        </button>
      </form>
      <p class="actions">
        <a class="button second" href="/state">
          {say.no}
        </a>
      </p>
    </Layout>
  );
}

export function WithdrawnPage({ lang, token }: TokenProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.goneTitle}>
      <p class="success">{say.gone}</p>
      <p>{say.goneNext}</p>
      <LeaveForm token={token} label={say.leave} />
    </Layout>
  );
}
