/** What happened to one presented medium, in columns of a name and a value, in the order of the checks. */
import { confirmationText } from './commands/confirm.ts';
import { timeText } from './data.ts';
import type { ExplainedTap, Explanation } from './explanation.ts';
import { columns, yuan } from './format.ts';
import { type Language, wordsIn } from './language.ts';

export function tellExplanation(explained: Explanation, language: Language): string {
  const say = wordsIn(language);
  const { presented, reader, at } = explained;
  const first = (en: string, zh: string) => [
    say('presented', '出示'),
    say(`${en} at ${reader}, ${timeText(at)}`, `${zh}，${reader}，${timeText(at)}`),
  ];
  switch (presented) {
    case 'medium':
      return columns([first(explained.medium, explained.medium), ...tapRows(explained, language)]);
    case 'crew-card':
      return columns([
        first('crew card', '司乘卡'),
        [say('confirmed', '确认'), confirmationText(explained.confirmation, language)],
        [say('journal', '乘车记录'), say('nothing: it is no ride', '无：不是乘车')],
      ]);
    case 'lost-card':
      return columns([
        first('card', '卡'),
        [
          say('FAILED', '失败'),
          say(
            'card read: it left before it was read; the passenger is asked to present it again',
            '读卡：读完之前卡已离开；请乘客重新刷卡',
          ),
        ],
        [say('journal', '乘车记录'), say('nothing: no ride', '无：没有乘车')],
      ]);
  }
}

function tapRows(tap: ExplainedTap, language: Language): string[][] {
  const say = wordsIn(language);
  const { token, checks, seen, denied, confirmed, phase, verdict, reason, seq, shown } = tap;
  const checked = say('ok', '通过');
  const failed = say('FAILED', '失败');
  return [
    [say('token', '假名'), token ?? say('none: not a medium this bus takes', '无：本车不受理')],
    ...checks.map(({ ok, check, detail }) => [ok ? checked : failed, `${check}: ${detail}`]),
    [say('seen', '近期'), seen === 'new' ? say('not taken lately', '近期未刷') : seen],
    [say('link', '关联'), linkText(tap.link, language)],
    ...(denied ? [[say('denied', '禁用'), say('on the list of denied media', '在禁用名单上')]] : []),
    ...(confirmed === null ? [] : [[say('checked', '查验'), confirmedText(confirmed, language)]]),
    [say('phase', '阶段'), phase],
    [say('verdict', '结果'), `${verdict}${reason === null ? '' : ` (${reason})`}`],
    ...rideRows(tap, language),
    [say('fare', '扣款'), tap.fareTaken ? yuan(tap.fareFen, language) : say('not taken', '未扣款')],
    ...paymentRows(tap, language),
    [
      say('journal', '乘车记录'),
      seq === null
        ? say('NOT WRITTEN: out of service, no ride taken', '未写入：停止服务，不受理乘车')
        : say(`seq ${seq}`, `第 ${seq} 条`),
    ],
    [
      say('shown', '显示'),
      say(`${shown.passenger} / crew: ${shown.crew}`, `${shown.passenger} / 司乘：${shown.crew}`),
    ],
    [say('took', '用时'), `${tap.tookMs.toFixed(1)} ${say('ms', '毫秒')}`],
  ];
}

function rideRows({ ride }: ExplainedTap, language: Language): string[][] {
  const say = wordsIn(language);
  const name = say('ride', '乘车');
  if (ride?.step === 'on') {
    const most = yuan(ride.mostFen ?? 0, language);
    return [[name, say(`on, at most ${most} if nobody taps off`, `上车，不刷下车最多扣 ${most}`)]];
  }
  if (ride?.step !== 'off') return [];
  const { distanceM, reason } = ride;
  const metres = say('m', '米');
  const how = distanceM === null ? reason : `${Math.round(distanceM)} ${metres}, ${reason}`;
  return [[name, say(`off, ${how}`, `下车，${how}`)]];
}

function paymentRows({ paidFen, whyNotPaid }: ExplainedTap, language: Language): string[][] {
  const say = wordsIn(language);
  if (whyNotPaid !== null)
    return [[say('FAILED', '失败'), say(`purchase: ${whyNotPaid}`, `扣款：${whyNotPaid}`)]];
  if (paidFen === null) return [];
  return [
    [say('paid', '已付'), say(`${yuan(paidFen, 'en')}, by the card`, `${yuan(paidFen, 'zh')}，由卡支付`)],
  ];
}

function confirmedText(
  { by, seq, isPaid }: NonNullable<ExplainedTap['confirmed']>,
  language: Language,
): string {
  return wordsIn(language)(
    `by hand, confirmed by ${by}, after seq ${seq}${isPaid ? ', which has paid' : ''}`,
    `人工查验，由 ${by} 确认，对应第 ${seq} 条${isPaid ? '（已付）' : ''}`,
  );
}

function linkText(link: ExplainedTap['link'], language: Language): string {
  const say = wordsIn(language);
  if (link === null) return say('not looked up', '未查询');
  if ('unavailable' in link) return say(`no data: ${link.unavailable}`, `没有数据：${link.unavailable}`);
  const linksAsOf = timeText(link.linksAsOf);
  const links = say(`links as of ${linksAsOf}`, `关联截至 ${linksAsOf}`);
  if (!link.found) return say(`none found, ${links}`, `未查询到，${links}`);
  const asOf = timeText(link.statusAsOf);
  return say(`${link.status}, status as of ${asOf}, ${links}`, `${link.status}，状态截至 ${asOf}，${links}`);
}
