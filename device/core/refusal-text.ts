/** Why a medium is not taken, and what the passenger can do, in the wording Beijing's validators use. */
import type { InvalidReason } from './check.ts';
import type { PresentedAs } from './medium.ts';
import type { Text } from './screen.ts';

type Texts = readonly [Text, ...Text[]];

const badCode: Text = { zh: '无效码', en: 'Invalid code' };
const badCard: Text = { zh: '无效卡', en: 'Card not accepted' };
const refreshCode: Text = { zh: '请刷新', en: 'Please refresh it' };
const busCodeOnly: Text = { zh: '请使用北京公交乘车码', en: 'Please use a Beijing bus ride code' };
const payInstead: Text = { zh: '请更换支付方式', en: 'Please pay another way' };
/** Not why: a neighbour can read it, and the passenger may be whom the card was stolen from. */
const denied: Texts = [{ zh: '请联系客服', en: 'Please contact customer service' }, payInstead];
const seeIssuer: Text = { zh: '请联系发卡机构', en: 'Please see the card issuer' };

const cardTexts: Partial<Record<InvalidReason, Texts>> = {
  unsupported: [badCard, { zh: '请使用市政交通一卡通或交通联合卡', en: 'Please use a transit card' }],
  unreadable: [{ zh: '请重新刷卡', en: 'Please present your card again' }],
  'not-enabled': [{ zh: '此卡未启用', en: 'Card not enabled' }, seeIssuer],
  'not-yet-valid': [{ zh: '此卡未到有效期', en: 'Card not yet valid' }, payInstead],
  expired: [{ zh: '此卡已过有效期', en: 'Card expired' }, payInstead],
  blacklisted: [{ zh: '黑名单卡', en: 'Card blocked' }, seeIssuer],
  'insufficient-balance': [
    { zh: '余额不足', en: 'Balance too low' },
    { zh: '请投币', en: 'Please pay in cash' },
  ],
  'purse-locked': [{ zh: '此卡已锁定', en: 'Card locked' }, seeIssuer],
  'counter-at-end': [{ zh: '此卡交易次数已满', en: 'Card has made all its payments' }, seeIssuer],
  'no-key': [{ zh: '此卡不能在本车使用', en: 'Card not accepted on this bus' }, payInstead],
  'bad-mac': [{ zh: '此卡验证失败', en: 'Card could not be verified' }, payInstead],
  'not-payable': [{ zh: '此卡不能扣款', en: 'Card cannot pay' }, payInstead],
  psam: [
    { zh: '本机暂不能刷卡', en: 'This validator cannot charge cards now' },
    { zh: '请扫码或到另一台刷卡机刷卡', en: 'Scan a code or use the other reader' },
  ],
};

const codeTexts: Partial<Record<InvalidReason, Texts>> = {
  'several-codes': [
    { zh: '检测到多个二维码', en: 'More than one code seen' },
    { zh: '请只出示一个', en: 'Please show one' },
  ],
  unsupported: [badCode, busCodeOnly],
  'authorisation-expired': [
    { zh: '乘车码授权已过期', en: 'Ride code no longer authorised' },
    { zh: '请在手机上更新', en: 'Please renew it on your phone' },
  ],
  expired: [{ zh: '二维码已过期', en: 'Code expired' }, refreshCode],
  'not-yet-valid': [
    { zh: '二维码时间有误', en: 'Code is from the future' },
    { zh: '请校准手机时间', en: "Please correct your phone's clock" },
  ],
  'time-unknown': [
    { zh: '暂时无法识别乘车码', en: 'Codes cannot be checked now' },
    { zh: '请刷卡或到另一台刷卡机扫码', en: 'Tap a card or use the other reader' },
  ],
  used: [{ zh: '二维码已使用', en: 'Code already used' }, refreshCode],
};

const deniedForCrew: Text = { zh: '禁用名单', en: 'Denied list' };

export function refusalText(presented: PresentedAs, reason: InvalidReason): Texts {
  if (reason === 'denied') return denied;
  if (presented === 'card') return cardTexts[reason] ?? [badCard, payInstead];
  return codeTexts[reason] ?? [badCode, refreshCode];
}

/** The crew reads why, so that they need not ask the passenger. */
export function refusalTextForCrew(presented: PresentedAs, reason: InvalidReason): Texts {
  return reason === 'denied' ? [deniedForCrew, denied[0]] : refusalText(presented, reason);
}
