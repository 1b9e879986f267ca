/** An SMS gateway whose messages are read by testers: an inbox for each phone. */
import type { SmsGateway } from './sms-gateway.ts';

export interface SmsMessage {
  /** Unix milliseconds */
  readonly at: number;
  readonly text: string;
}

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
