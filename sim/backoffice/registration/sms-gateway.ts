/** The SMS gateway as the registration asks it, and what a message says. */
import type { CodeRequest } from './registration.ts';

export interface SmsGateway {
  /** Resolves once the gateway has taken the message. @throws when it does not */
  send(phone: string, text: string): Promise<void>;
}

/** What for, and that nobody else is to have it: a code that is talked out of somebody should look wrong to them. */
export function messageText(request: CodeRequest, code: string, minutes: number): string {
  const [what, caution] = wordsFor(request);
  return `【北京公交集团】${what}，验证码${code}，${minutes}分钟内有效。${caution}。`;
}

function wordsFor({ purpose, byProxy }: CodeRequest): readonly [what: string, caution: string] {
  if (purpose === 'manage') return ['您正在办理查询或撤销公交乘车码升级', '请勿告知他人'];
  if (byProxy) return ['有人正在为您代办公交乘车码升级', '同意代办方可告知代办人，否则请勿告知任何人'];
  return ['您正在办理公交乘车码升级', '请勿告知他人'];
}
