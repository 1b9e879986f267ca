/** All outcomes of a presentation in Chinese; the compiler keeps the lists complete. */
import type { AbnormalStatus } from '../../../device/core/check.ts';
import type { VerdictName } from '../../../device/core/verdict-names.ts';
import type { ReasonName } from '../../scenarios/format/reason-names.ts';
import type { Language } from './texts.ts';

const chinese: Readonly<
  Record<VerdictName | ReasonName | AbnormalStatus | 'card-lost' | 'no-answer', string>
> = {
  pass: '通过',
  abnormal: '异常',
  'not-found': '未查询到',
  'cannot-verify': '无法核验',
  'not-checked': '不核验',
  'checked-by-hand': '已人工查验',
  invalid: '无效',
  repeat: '重复',
  alighted: '已下车',
  'card-lost': '卡片离开过早',
  'no-answer': '无应答',

  yellow: '黄码',
  red: '红码',
  popup: '弹窗',

  line: '本线路不核验',
  date: '未到核验日期',

  'no-data': '本机无数据',
  'stale-links': '关联数据已过期',
  'stale-status': '健康码数据已过期',
  'future-data': '数据时间或时钟有误',
  clock: '本机时间有误',
  'unknown-status': '健康码状态未知',
  'out-of-service': '暂停服务',

  unsupported: '不支持',
  unreadable: '无法读取',
  'not-enabled': '未启用',
  'not-yet-valid': '未到有效期',
  expired: '已过期',
  blacklisted: '黑名单',
  denied: '禁用名单',
  'insufficient-balance': '余额不足',
  'purse-locked': '钱包已锁定',
  'counter-at-end': '交易次数已满',
  'no-key': '外地卡无密钥',
  'bad-mac': '交易验证失败',
  'not-payable': '不能扣款',
  psam: '扣款模块故障',

  'no-code': '没有二维码',
  'several-codes': '多个二维码',
  malformed: '格式有误',
  'unknown-authority': '根机构未知',
  'certificate-expired': '证书已过期',
  'bad-certificate': '证书无效',
  'bad-issuer-signature': '发码机构签名无效',
  'bad-user-signature': '用户签名无效',
  'authorisation-expired': '授权已过期',
  'too-long-lived': '有效期过长',
  'time-unknown': '暂时无法识别',
  used: '已使用',
};

/** The English word stands beside the Chinese one, because scenarios use it. */
export function outcomeWord(word: string, language: Language): string {
  return language === 'zh' && isKnown(word) ? `${chinese[word]} ${word}` : word;
}

function isKnown(word: string): word is keyof typeof chinese {
  return Object.hasOwn(chinese, word);
}
