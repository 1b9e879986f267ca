/**
 * The firmware's side of a card in a hosted reader: one command at a time, each with its time limit.
 *
 * The process reads ahead (serve.ts): a command that it has sent already is answered from here. Any other goes to the
 * process, as all do from then on.
 */
import { DeviceError } from '../../../device/kit/errors.ts';
import { createWatchdog } from '../../../device/kit/time.ts';
import type { Card } from '../../../device/ports.ts';
import { checkCommand } from '../apdu.ts';
import type { Exchange, News, Order } from './messages.ts';

type ReadAhead = Extract<News, { say: 'read-ahead' }>;
type Answer = Extract<News, { say: 'answered' | 'refused' }>;

export interface HostedCard extends Card {
  readonly id: number;
  readonly mark: number | undefined;
  /** An answer of the reader's process; one nobody waits for any more is let go. */
  hear(news: Answer | ReadAhead): void;
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
  readonly command: Uint8Array;
  resolve(response: Uint8Array): void;
  reject(reason: DeviceError): void;
}

/** All cards count on from it, so that an answer can be no other question's. */
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
  /** What nobody has asked for yet. */
  const ahead: Exchange[] = [];
  let isReadingAhead = false;
  let orders = 0;
  const limit = createWatchdog(apduTimeoutMs, late);

  function takeQuestion(id = open?.id): Question | undefined {
    if (open?.id !== id) return undefined;
    const question = open;
    open = undefined;
    limit.stop();
    return question;
  }

  async function transmit(command: Uint8Array): Promise<Uint8Array> {
    if (endReason !== undefined) throw endReason;
    checkCommand(name, command);
    if (open !== undefined) {
      throw new DeviceError('protocol', name, 'a command before the last one was answered');
    }
    return new Promise((resolve, reject) => {
      open = { id: ++lastId, command, resolve, reject };
      limit.restart();
      answer(open);
    });
  }

  /** From what was read ahead; by asking, where that is something else or there is no more; otherwise it is yet to come. */
  function answer({ id, command }: Question): void {
    const next = ahead.shift();
    if (next !== undefined && Buffer.compare(next.command, command) === 0) {
      takeQuestion()?.resolve(next.response);
    } else if (next !== undefined || !isReadingAhead) {
      isReadingAhead = false;
      ahead.length = 0;
      orders++;
      ask({ say: 'transmit', id, card, command });
    }
  }

  function hearAhead({ exchanges, ended }: ReadAhead): void {
    // What follows the first order alone: at another one the process stops, and what comes till then is of no use.
    if (orders !== 1) return;
    ahead.push(...exchanges);
    isReadingAhead = !ended;
    if (open !== undefined) answer(open);
  }

  return {
    id: card,
    mark,
    atr,
    transmit,
    hear(news) {
      if (news.say === 'read-ahead') return hearAhead(news);
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
