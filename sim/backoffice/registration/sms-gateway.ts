/** The SMS gateway as the registration asks it, and what a message says. */
import type { Purpose } from './registration.ts';

export interface SmsGateway {
  /** Resolves once the gateway has taken the message. @throws when it does not */
  send(phone: string, text: string): Promise<void>;
}

/** What for, and that nobody else is to have it: a code that is talked out of somebody should look wrong to them. */
const purposes: Readonly<Record<Purpose, string>> = {
  register: '公交乘车码升级',
  manage: '查询或撤销公交乘车码升级',
};

export function messageText(purpose: Purpose, code: string, minutes: number): string {
  return `【北京公交集团】您正在办理${purposes[purpose]}，验证码${code}，${minutes}分钟内有效。请勿告知他人。`;
}
