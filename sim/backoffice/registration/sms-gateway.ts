/** The SMS gateway as the registration asks it, what a message says, and a simulated gateway whose messages testers read. */
import type { CodeRequest } from './registration.ts';

export interface SmsGateway {
  /** Resolves once the gateway has taken the message. @throws when it does not */
  send(phone: string, text: string): Promise<void>;
}

/** Says what the code is for, so that whoever is talked out of a code can see that something is wrong. */
export function messageText(request: CodeRequest, code: string, minutes: number): string {
  const [what, caution] = purposeAndCaution(request);
  return `【北京公交集团】${what}，验证码${code}，${minutes}分钟内有效。${caution}。`;
}

function purposeAndCaution({ purpose, byProxy }: CodeRequest): readonly [what: string, caution: string] {
  if (purpose === 'manage') return ['您正在查询或撤回公交乘车码升级', '请勿告知他人'];
  if (byProxy) return ['有人正在为您代办公交乘车码升级', '同意代办方可告知代办人，否则请勿告知任何人'];
  return ['您正在办理公交乘车码升级', '请勿告知他人'];
}

export interface SmsMessage {
  /** Unix milliseconds */
  readonly at: number;
  readonly text: string;
}

/** It keeps an inbox for each phone. */
export interface SimulatedSmsGateway extends SmsGateway {
  /** Newest first. */
  inbox(phone: string): readonly SmsMessage[];
  /** While it fails no message is taken. */
  setFailing(failing: boolean): void;
}

const messagesKept = 20;
const phonesKept = 10_000;

export function createSimulatedSmsGateway(now: () => number): SimulatedSmsGateway {
  const inboxes = new Map<string, SmsMessage[]>();
  let isFailing = false;
  return {
    async send(phone, text) {
      if (isFailing) throw new Error('the gateway takes no messages');
      const before = inboxes.get(phone) ?? [];
      inboxes.delete(phone);
      inboxes.set(phone, [{ at: now(), text }, ...before].slice(0, messagesKept));
      const [longestUnused] = inboxes.keys();
      if (inboxes.size > phonesKept && longestUnused !== undefined) inboxes.delete(longestUnused);
    },
    inbox: phone => inboxes.get(phone) ?? [],
    setFailing(failing) {
      isFailing = failing;
    },
  };
}
