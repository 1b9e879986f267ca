/** Rides without a tap-off: each with the line's stops, of which the passenger chooses theirs. */
import type { MadeUp, MissedTapOff, MissedTapOffs } from '../../registration/registration.ts';
import type { Lang } from '../language.ts';
import { type FormProps, LeaveForm, ProblemList, Token } from './form-parts.tsx';
import { Layout, type PageProps } from './layout.tsx';
import { mediumName } from './media-list.tsx';
import { timeInWords } from './time-in-words.ts';

const texts = {
  zh: {
    title: '补登下车记录',
    lead: (days: number) =>
      `以下乘车没有下车记录，按最高票价计费。请在乘车后 ${days} 天内选择实际下车站，车费将重新计算。每次乘车只能补登一次。`,
    card: '交通卡上的欠费仍会在下次刷卡时扣除，多扣的部分另行退还。',
    none: (days: number) => `最近 ${days} 天没有缺少下车记录的乘车。正在进行的乘车和刚刚结束的乘车不在此列。`,
    never: '目前不能补登。',
    line: (line: string) => `${line} 路`,
    boarded: '上车',
    unknown: '站点不明',
    cost: '车费',
    yuan: (fen: number) => `${(fen / 100).toFixed(2)} 元`,
    off: '下车站',
    choose: '请选择',
    submit: '补登',
    madeUp: (stop: string) => `已补登：${stop}`,
    done: (fare: string, refund: string) => `补登成功。车费 ${fare}，减少 ${refund}。`,
    doneCard: (fare: string, refund: string) => `补登成功。车费 ${fare}。卡上扣除欠费后退还 ${refund}。`,
    back: '返回',
    leave: '退出',
  },
  en: {
    title: 'Make up a missed tap-off',
    lead: (days: number) =>
      `These rides have no tap-off and cost the line’s highest fare from where you got on. Within ${days} days of a ride you can choose the stop where you got off; then the fare is calculated anew. Each ride can be made up once.`,
    card: 'What a card owes is still taken from it at its next tap. What was too much is given back.',
    none: (days: number) =>
      `No ride of the last ${days} days is without a tap-off. Rides that are under way or have just ended are not listed.`,
    never: 'Nothing can be made up at present.',
    line: (line: string) => `Line ${line}`,
    boarded: 'Got on',
    unknown: 'stop not known',
    cost: 'Fare',
    yuan: (fen: number) => `¥${(fen / 100).toFixed(2)}`,
    off: 'Got off at',
    choose: 'Choose',
    submit: 'Make it up',
    madeUp: (stop: string) => `Made up: ${stop}`,
    done: (fare: string, refund: string) => `Done. The fare is ${fare}, ${refund} less.`,
    doneCard: (fare: string, refund: string) =>
      `Done. The fare is ${fare}. When the card has paid what it owes, ${refund} is given back.`,
    back: 'Go back',
    leave: 'Leave',
  },
};

interface RidesProps extends PageProps, FormProps {
  readonly missed: MissedTapOffs;
  readonly madeUp: Extract<MadeUp, { done: true }> | undefined;
}

export function RidesPage({ lang, token, problems, missed: { days, rides }, madeUp }: RidesProps) {
  const say = texts[lang];
  return (
    <Layout lang={lang} title={say.title} hasProblems={problems.length > 0}>
      <ProblemList lang={lang} problems={problems} />
      {madeUp && <p class="success">{doneText(lang, madeUp)}</p>}
      {days === 0 && <p>{say.never}</p>}
      {days > 0 && <p>{rides.length === 0 ? say.none(days) : say.lead(days)}</p>}
      {rides.some(({ kind }) => kind !== 'ride-code') && <p class="note">{say.card}</p>}
      <ol class="rides" id="stop">
        {rides.map(ride => (
          <li key={ride.ride}>
            <Ride lang={lang} token={token} ride={ride} />
          </li>
        ))}
      </ol>
      <p class="actions">
        <a class="button second" href="/state">
          {say.back}
        </a>
      </p>
      <LeaveForm token={token} label={say.leave} />
    </Layout>
  );
}

function doneText(lang: Lang, { kind, fareFen, refundFen }: Extract<MadeUp, { done: true }>): string {
  const say = texts[lang];
  const text = kind === 'ride-code' ? say.done : say.doneCard;
  return text(say.yuan(fareFen), say.yuan(refundFen));
}

function Ride({
  lang,
  token,
  ride,
}: {
  readonly lang: Lang;
  readonly token: string;
  readonly ride: MissedTapOff;
}) {
  const say = texts[lang];
  return (
    <section>
      <h2>
        {say.line(ride.line)} · {timeInWords(lang, ride.beganAt)}
      </h2>
      <dl class="facts">
        <div>
          <dt>{mediumName(lang, ride.kind)}</dt>
          <dd>{ride.maskedAccount}</dd>
        </div>
        <div>
          <dt>{say.boarded}</dt>
          <dd>{ride.from?.[lang] ?? say.unknown}</dd>
        </div>
        <div>
          <dt>{say.cost}</dt>
          <dd>{say.yuan(ride.fareFen)}</dd>
        </div>
      </dl>
      {ride.madeUp === undefined ? (
        <StopForm lang={lang} token={token} ride={ride} />
      ) : (
        <p class="note">{say.madeUp(ride.madeUp[lang])}</p>
      )}
    </section>
  );
}

function StopForm({
  lang,
  token,
  ride,
}: {
  readonly lang: Lang;
  readonly token: string;
  readonly ride: MissedTapOff;
}) {
  const say = texts[lang];
  const id = `stop-${ride.ride}`;
  return (
    <form method="post" action="/rides">
      <Token token={token} />
      <input type="hidden" name="ride" value={ride.ride} />
      <div class="field">
        <label for={id}>{say.off}</label>
        <select id={id} name="stop" required>
          <option value="">{say.choose}</option>
          {ride.stops.map(({ id: stop, name }) => (
            <option key={stop} value={stop}>
              {name[lang]}
            </option>
          ))}
        </select>
      </div>
      <button type="submit">{say.submit}</button>
    </form>
  );
}
