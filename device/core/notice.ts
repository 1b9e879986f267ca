/** Verdict → what passenger and crew see and hear. Screen texts are Chinese with English beneath. */
import {
  type AbnormalStatus,
  type CannotVerifyReason,
  type Decision,
  isLeftToTheCrew,
  type Verdict,
} from './check.ts';
import { checkedByHand } from './crew-notice.ts';
import { fareDetails, type PurseAfter } from './fare-notice.ts';
import type { CardKind, TakenMedium } from './medium.ts';
import type { CardKindShownTo } from './policy.ts';
import { refusalText, refusalTextForCrew } from './refusal-text.ts';
import type { Notice, Screen, Text } from './screen.ts';

type Signal = Pick<Screen, 'light' | 'tone'>;

const pass: Signal = { light: 'green', tone: 'one' };
const attention: Signal = { light: 'amber', tone: 'two' };
const stop: Signal = { light: 'red', tone: 'three' };
const invalid: Signal = { light: 'red', tone: 'long' };
const again: Signal = { light: 'amber', tone: 'short' };

const showHealthKit: Text = { zh: '请出示健康宝', en: 'Please show your Health Kit' };

/**
 * @param medium what was presented, if it could be read and is accepted
 * @param kindShownTo the policy's word on who reads that a card is a senior's or a student's
 * @param canConfirm the crew may confirm this passenger, and has a key for it
 * @param purse the card's, if it has paid
 */
export function noticeFor(
  decision: Decision,
  medium?: TakenMedium,
  kindShownTo: CardKindShownTo = 'crew',
  canConfirm = false,
  purse?: PurseAfter,
): Notice {
  const { verdict, phase, fareTaken } = decision;
  const manual = isLeftToTheCrew(verdict);
  const isTrial = phase === 'trial' && manual;
  const { signal, passenger, crew } = isTrial ? trialTexts(verdict) : textsOf(verdict, medium);
  const fare = fareTaken && medium !== undefined ? fareDetails(decision, medium, purse) : [];
  const kind = fareTaken && medium !== undefined ? kindDetails(medium) : [];
  const next = manual && !fareTaken && canConfirm ? [secondTap(medium)] : [];
  const forPassenger = kindShownTo === 'everybody' ? [...kind, ...fare, ...next] : [...fare, ...next];
  const forCrew = manual ? [...(canConfirm && !isTrial ? [thenConfirm] : []), ...kind] : [...kind, ...fare];
  return {
    passenger: { ...signal, headline: passenger[0], details: [...passenger.slice(1), ...forPassenger] },
    crew: { ...signal, headline: crew[0], details: [...crew.slice(1), ...forCrew] },
  };
}

/** A card that left the field while it was being read. No ride, no verdict. */
export function presentAgainNotice(): Notice {
  const screen: Screen = {
    ...again,
    headline: { zh: '请重新刷卡', en: 'Please present your card again' },
    details: [],
  };
  return { passenger: screen, crew: screen };
}

/** While the card is needed: whoever takes it away now leaves a purchase half done. */
export function holdNotice(): Notice {
  const screen: Screen = {
    light: 'amber',
    tone: 'none',
    headline: { zh: '请勿移开', en: 'Please hold your card' },
    details: [],
  };
  return { passenger: screen, crew: screen };
}

/** The journal could not take the ride, so no ride is accepted. */
export function outOfServiceNotice(): Notice {
  const headline: Text = { zh: '本机暂停服务', en: 'Out of service' };
  const elsewhere: Text = { zh: '请到另一台刷卡机刷卡或扫码', en: 'Please use the other reader' };
  const unrecorded: Text = { zh: '无法记录乘车', en: 'Rides cannot be recorded' };
  return {
    passenger: { ...invalid, headline, details: [cannotVerify, elsewhere] },
    crew: { ...invalid, headline, details: [cannotVerify, unrecorded] },
  };
}

type NoticeTexts = {
  signal: Signal;
  passenger: readonly [Text, ...Text[]];
  crew: readonly [Text, ...Text[]];
};

const board: Text = { zh: '请上车', en: 'Please board' };
const cannotVerify: Text = { zh: '暂时无法核验', en: 'Cannot verify now' };
const notFound: Text = { zh: '未查询到健康码信息', en: 'No health code found' };
const checkByHand: Text = { zh: '请人工查验', en: 'Check by hand' };

function textsOf(verdict: Verdict, medium?: TakenMedium): NoticeTexts {
  switch (verdict.verdict) {
    case 'pass':
    case 'not-checked':
      return { signal: pass, passenger: [board], crew: [board] };
    case 'checked-by-hand':
      return { signal: pass, passenger: [board], crew: [board, checkedByHand] };
    case 'alighted': {
      const text = offText(medium);
      const seen =
        verdict.reason === 'pass' || verdict.reason === 'not-checked' ? [] : [foundText[verdict.reason]];
      return { signal: pass, passenger: [text], crew: [text, ...seen] };
    }
    case 'abnormal':
      return {
        signal: stop,
        passenger: [{ zh: '请联系司乘人员', en: 'Please speak to the crew' }],
        crew: [foundText.abnormal, abnormalText[verdict.status]],
      };
    case 'not-found':
      return { signal: attention, passenger: [notFound, showHealthKit], crew: [notFound, checkByHand] };
    case 'cannot-verify':
      return {
        signal: attention,
        passenger: [cannotVerify, showHealthKit],
        crew: [cannotVerify, cannotVerifyText[verdict.reason], checkByHand],
      };
    case 'repeat': {
      const zh = medium?.kind === 'ride-code' ? '请勿重复扫码' : '请勿重复刷卡';
      const text: Text = { zh, en: 'Already presented' };
      return { signal: again, passenger: [text], crew: [text] };
    }
    case 'invalid': {
      const { presented, reason } = verdict;
      return {
        signal: invalid,
        passenger: refusalText(presented, reason),
        crew: refusalTextForCrew(presented, reason),
      };
    }
  }
}

function offText(medium?: TakenMedium): Text {
  return medium?.kind === 'ride-code'
    ? { zh: '下车扫码成功', en: 'Scanned off' }
    : { zh: '下车刷卡成功', en: 'Tapped off' };
}

/** What the crew sees of somebody who gets off: it holds nobody. */
const foundText = {
  abnormal: { zh: '健康码异常', en: 'Health code abnormal' },
  denied: { zh: '禁用名单', en: 'Denied list' },
  'not-found': notFound,
  'cannot-verify': cannotVerify,
} as const;

const abnormalText: Record<AbnormalStatus, Text> = {
  yellow: { zh: '黄码', en: 'Yellow code' },
  red: { zh: '红码', en: 'Red code' },
  popup: { zh: '弹窗', en: 'Pop-up' },
};

const cannotVerifyText: Record<CannotVerifyReason, Text> = {
  'no-data': { zh: '本机无健康码数据', en: 'No health-code data on this validator' },
  'stale-links': { zh: '关联数据已过期', en: 'Link data out of date' },
  'stale-status': { zh: '健康码数据已过期', en: 'Health-code data out of date' },
  'future-data': { zh: '数据时间或本机时钟有误', en: 'Data or clock has the wrong time' },
  clock: { zh: '本机时间有误', en: 'This validator does not know the time' },
  'unknown-status': { zh: '该乘客健康码状态未知', en: 'Health-code status not known' },
};

/** During the trial the manual check is still the rule, whatever the automatic one says. */
function trialTexts(verdict: Verdict): NoticeTexts {
  const headline: Text = { zh: '测试中', en: 'Trial' };
  const found = textsOf(verdict).crew;
  return {
    signal: attention,
    passenger: [headline, showHealthKit],
    crew: [headline, showHealthKit, ...found],
  };
}

/** For the crew: what their key is for. */
const thenConfirm: Text = { zh: '查验通过后请确认', en: 'If in order, confirm' };

function secondTap(medium?: TakenMedium): Text {
  return medium?.kind === 'ride-code'
    ? { zh: '查验后请再扫码', en: 'Then scan again' }
    : { zh: '查验后请再刷卡', en: 'Then tap again' };
}

const kindText: Partial<Record<CardKind, Text>> = {
  student: { zh: '学生卡', en: 'Student card' },
  senior: { zh: '老年卡', en: 'Senior card' },
  test: { zh: '测试卡', en: 'Test card' },
};

function kindDetails({ cardKind }: TakenMedium): Text[] {
  const kind = kindText[cardKind];
  return kind === undefined ? [] : [kind];
}
