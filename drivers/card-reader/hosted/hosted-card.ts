/** The firmware's side of a card in a hosted reader: one command at a time, each with its time limit. */
import { DeviceError } from '../../../device/errors.ts';
import type { Card } from '../../../device/ports.ts';
import { maxBodyBytes, type News, type Order } from './messages.ts';

export interface HostedCard extends Card {
  readonly id: number;
  readonly mark: number | undefined;
  /** An answer of the reader's process; one nobody waits for any more is let go. */
  hear(news: Extract<News, { say: 'answered' | 'refused' }>): void;
  /** What is asked from now on, or was and has no answer, rejects with this. */
  end(reason: DeviceError): void;
}

export interface HostedCardOptions {
  readonly name: string;
  readonly card: number;
  readonly mark?: number | undefined;
  readonly atr: Uint8Array;
  readonly apduTimeoutMs: number;
  ask(order: Order): void;
  /** No answer within the limit: the owner ends the card. */
  late(): void;
}

interface Question {
  readonly id: number;
  readonly timer: NodeJS.Timeout;
  resolve(response: Uint8Array): void;
  reject(reason: DeviceError): void;
}

/** Of all cards, so that an answer can be no other question's. */
let lastId = 0;

export function createHostedCard({
  name,
  card,
  mark,
  atr,
  apduTimeoutMs,
  ask,
  late,
}: HostedCardOptions): HostedCard {
  let open: Question | undefined;
  let endReason: DeviceError | undefined;

  function takeQuestion(id = open?.id): Question | undefined {
    if (open?.id !== id) return undefined;
    const question = open;
    open = undefined;
    clearTimeout(question?.timer);
    return question;
  }

  function startTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      const waiting = open;
      // A busy event loop runs its timers before it reads: look at what has arrived before giving up.
      setImmediate(() => {
        if (open !== undefined && open === waiting) late();
      });
    }, apduTimeoutMs);
  }

  async function transmit(command: Uint8Array): Promise<Uint8Array> {
    const refuse = (why: string) => new DeviceError('protocol', name, why);
    if (endReason !== undefined) throw endReason;
    if (command.length < 4 || command.length > maxBodyBytes) {
      throw refuse(`a command of ${command.length} bytes`);
    }
    if (open !== undefined) throw refuse('a command before the last one was answered');
    return new Promise((resolve, reject) => {
      open = { id: ++lastId, timer: startTimer(), resolve, reject };
      ask({ say: 'transmit', id: lastId, card, command });
    });
  }

  return {
    id: card,
    mark,
    atr,
    transmit,
    hear(news) {
      const question = takeQuestion(news.id);
      if (news.say === 'answered') question?.resolve(news.response);
      else question?.reject(new DeviceError(news.error, name, news.message));
    },
    end(reason) {
      endReason ??= reason;
      takeQuestion()?.reject(reason);
    },
  };
}
