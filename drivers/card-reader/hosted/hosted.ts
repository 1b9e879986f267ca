/**
 * A card reader that runs in a process of its own, supervised, so that native code which hangs or crashes stops neither
 * the validator nor the next card. Protocol: messages.ts; the other side: serve.ts.
 *
 * The time limit of an APDU is kept here. A native transmit that is stuck cannot be ended in any other way: at the limit
 * the card is out, and the process is ended and another started, which is no fault of the reader unless the new one
 * does not come up. A process that ends by itself, is silent for a second or breaks the protocol is one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../../device/errors.ts';
import { createHealth, keepRunning } from '../../../device/keep-running.ts';
import type { CardReader, CardReaderEvents } from '../../../device/ports.ts';
import { createHostedCard, type HostedCard } from './hosted-card.ts';
import type { News } from './messages.ts';
import { type ReaderProcess, startReaderProcess } from './reader-process.ts';

export interface HostedReaderOptions {
  readonly name: string;
  /** A command that has no answer by then ends the process. */
  readonly apduTimeoutMs: number;
  /** The program that serves the driver. */
  readonly program: URL;
  /** The driver's. */
  readonly settings: unknown;
  readonly env?: NodeJS.ProcessEnv;
}

/** Until the process is ended whether it has closed its reader or not. */
const farewellMs = 300;

export function createHostedReader(options: HostedReaderOptions): CardReader {
  const { name, apduTimeoutMs, program, settings, env = {} } = options;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let host: ReaderProcess | undefined;
  /** The last one that came; asked about its own removal, the driver knows the reason best. */
  let card: HostedCard | undefined;
  let isInField = false;
  /** Set from the moment a card is given up on until its process's successor knows. */
  let givenUp: { readonly mark: number | undefined } | undefined;
  let tellRemoved = () => {};

  function leave(): void {
    if (isInField) tellRemoved();
    isInField = false;
  }

  function endCard(reason: DeviceError): void {
    card?.end(reason);
    leave();
  }

  function giveUpOn(owner: ReaderProcess): void {
    const reason = new DeviceError('timeout', name, `no answer from the card in ${apduTimeoutMs} ms`);
    givenUp = { mark: card?.mark };
    endCard(reason);
    owner.kill(reason);
  }

  async function attempt(events: CardReaderEvents, health: ReturnType<typeof createHealth>): Promise<void> {
    let told: DeviceError | undefined;
    const current = startReaderProcess({ name, program, env, onNews: hear });
    host = current;
    current.order({ say: 'open', settings, leftover: givenUp?.mark });
    givenUp = undefined;

    function hear(news: Exclude<News, { say: 'alive' }>): void {
      if (stop.signal.aborted) return;
      switch (news.say) {
        case 'ready':
          told = undefined;
          health.working();
          break;
        case 'fault':
          told = new DeviceError(news.error, name, news.message);
          health.failed(told);
          break;
        case 'inserted':
          insert(news);
          break;
        case 'removed':
          if (card?.id === news.card) leave();
          break;
        case 'answered':
        case 'refused':
          card?.hear(news);
          break;
      }
    }

    function insert(news: Extract<News, { say: 'inserted' }>): void {
      endCard(new DeviceError('medium-lost', name, 'another card came'));
      const late = () => giveUpOn(current);
      card = createHostedCard({ ...news, name, apduTimeoutMs, ask: current.order, late });
      isInField = true;
      events.inserted(card);
    }

    const reason = await current.ended;
    host = undefined;
    endCard(new DeviceError('disconnected', name, 'the reader’s process ended', reason));
    if (stop.signal.aborted || givenUp !== undefined) return;
    health.failed(told ?? reason);
    throw told ?? reason;
  }

  async function shutDown(): Promise<void> {
    stop.abort();
    const reason = new DeviceError('disconnected', name, 'the reader was closed');
    endCard(reason);
    host?.order({ say: 'close' });
    if (host !== undefined) await Promise.race([host.ended, sleep(farewellMs)]);
    host?.kill(reason);
    await running;
  }

  let closing: Promise<void> | undefined;
  return {
    name,
    open(events) {
      tellRemoved = events.removed;
      const health = createHealth(events, stop.signal);
      running = keepRunning(() => attempt(events, health), stop.signal);
    },
    indicate: (light, tone) => host?.order({ say: 'indicate', light, tone }),
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}
