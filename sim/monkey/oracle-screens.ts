/** The key texts and the light that both screens must show for an outcome, and the texts that they must not show. */
import type { PresentedAs } from '../../device/core/medium.ts';
import type { Phase } from '../../device/core/phase.ts';
import type { Audience } from '../../device/core/screen.ts';
import type { ScreenShot } from '../bus/screens.ts';
import type { Outcome } from './oracle-rules.ts';

interface Shown {
  readonly light: string;
  readonly passenger: readonly string[];
  readonly crew: readonly string[];
}

const askForHealthKit = '请出示健康宝';
const abnormalTexts: Readonly<Record<string, string>> = { yellow: '黄码', red: '红码', popup: '弹窗' };
/** Only the crew may read these. */
const deniedText = '禁用名单';
const crewOnly = ['健康码异常', deniedText, ...Object.values(abnormalTexts)];

const refusalTexts: Readonly<Record<string, string>> = {
  'card unsupported': '无效卡',
  'card unreadable': '请重新刷卡',
  'card not-enabled': '此卡未启用',
  'card expired': '此卡已过有效期',
  'card blacklisted': '黑名单卡',
  'card denied': '请联系客服',
  'card insufficient-balance': '余额不足',
  'card psam': '本机暂不能刷卡',
  'code malformed': '无效码',
  'code unsupported': '无效码',
  'code expired': '二维码已过期',
  'code not-yet-valid': '二维码时间有误',
  'code used': '二维码已使用',
  'code denied': '请联系客服',
};
const headlines = [
  '请上车',
  '请联系司乘人员',
  '未查询到健康码信息',
  '暂时无法核验',
  '请勿重复刷卡',
  '请勿重复扫码',
  '下车刷卡成功',
  '下车扫码成功',
  '本机暂停服务',
  ...Object.values(refusalTexts),
];

/** @returns what is wrong with the screen; undefined where it is right */
export function faultOfScreen(
  { light, lines }: ScreenShot,
  audience: Audience,
  outcome: Outcome,
  phase: Phase,
  presented: PresentedAs,
): string | undefined {
  const expected = shownFor(outcome, phase, presented);
  const text = lines.join('').replace(/\s/g, '');
  if (light !== expected.light)
    return `the ${audience} screen's light is ${light} instead of ${expected.light}`;
  const wanted = expected[audience];
  const missing = wanted.find(part => !text.includes(part));
  if (missing !== undefined) return `the ${audience} screen does not show ${missing}: ${text}`;
  const forbidden = [...headlines, ...(audience === 'passenger' ? crewOnly : [])];
  const extra = forbidden.find(part => text.includes(part) && !wanted.some(own => own.includes(part)));
  return extra === undefined ? undefined : `the ${audience} screen shows ${extra} besides: ${text}`;
}

function shownFor(outcome: Outcome, phase: Phase, presented: PresentedAs): Shown {
  const manual = manualTexts(outcome);
  const fare = outcome.fareTaken ? fareTexts(outcome, presented) : [];
  if (manual !== undefined && phase === 'trial') {
    return {
      light: 'amber',
      passenger: ['测试中', askForHealthKit, ...fare],
      crew: ['测试中', askForHealthKit, ...manual],
    };
  }
  switch (outcome.verdict) {
    case 'pass':
    case 'not-checked':
      return { light: 'green', passenger: ['请上车', ...fare], crew: ['请上车'] };
    case 'abnormal':
      return { light: 'red', passenger: ['请联系司乘人员'], crew: manual ?? [] };
    case 'not-found':
    case 'cannot-verify':
      return {
        light: 'amber',
        passenger: [...(manual ?? []).slice(0, 1), askForHealthKit, ...fare],
        crew: manual ?? [],
      };
    case 'alighted': {
      const done = presented === 'code' ? '下车扫码成功' : '下车刷卡成功';
      const found = offTexts[outcome.why ?? ''] ?? [];
      return { light: 'green', passenger: [done, ...fare], crew: [done, ...found] };
    }
    case 'repeat':
      return both('amber', presented === 'code' ? '请勿重复扫码' : '请勿重复刷卡');
    case 'card-lost':
      return both('amber', '请重新刷卡');
    default: {
      const shown = both('red', refusalTexts[`${presented} ${outcome.why}`] ?? '无效');
      return outcome.why === 'denied' ? { ...shown, crew: [deniedText, ...shown.crew] } : shown;
    }
  }
}

function fareTexts(
  { step, fareFen, isShort, isPaidBefore }: Outcome,
  presented: PresentedAs,
): readonly string[] {
  const isCode = presented === 'code';
  if (isPaidBefore) return ['车费已付'];
  if (step === 'on') return [isCode ? '下车请扫码' : '下车请刷卡'];
  if (step === 'off' && isCode) return ['车费稍后扣除'];
  const fare = `票价${(fareFen / 100).toFixed(2)}元`;
  return isShort ? [fare, '余额不足', '还差'] : [fare];
}

/** What only the crew reads of whoever gets off. */
const offTexts: Readonly<Record<string, readonly string[]>> = {
  abnormal: ['健康码异常'],
  'not-found': ['未查询到健康码信息'],
  'cannot-verify': ['暂时无法核验'],
  denied: [deniedText],
};

/** What the crew reads where they must check by hand. */
function manualTexts({ verdict, why = '' }: Outcome): readonly string[] | undefined {
  if (verdict === 'abnormal') return ['健康码异常', abnormalTexts[why] ?? why];
  if (verdict === 'not-found') return ['未查询到健康码信息'];
  return verdict === 'cannot-verify' ? ['暂时无法核验'] : undefined;
}

function both(light: string, text: string): Shown {
  return { light, passenger: [text], crew: [text] };
}
