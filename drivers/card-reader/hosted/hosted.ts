/**
 * A card reader that runs in a process of its own, supervised, so that native code which hangs or crashes stops neither
 * the validator nor the next card. Protocol: messages.ts; the other side: serve.ts.
 *
 * The time limit of an APDU is kept here. A native transmit that is stuck cannot be ended in any other way: at the limit
 * the card is out, and the process is ended and another started, which is no fault of the reader unless the new one
 * does not come up. A process that ends by itself, is silent for `heartbeatTimeoutMs` or breaks the protocol is one.
 */
import { DeviceError } from '../../../device/kit/errors.ts';
import { keepRunning } from '../../../device/kit/keep-running.ts';
import { withinTime } from '../../../device/kit/time.ts';
import type { CardReader, DeviceEvents, ReaderSlot } from '../../../device/ports.ts';
import { createHealth, type Health } from '../../wire/health.ts';
import { createHostedCard } from './hosted-card.ts';
import { createHostedField, type HostedField } from './hosted-field.ts';
import type { News } from './messages.ts';
import { type ReaderProcess, startReaderProcess } from './reader-process.ts';

export interface HostedReaderOptions {
  readonly name: string;
  /** A command that has no answer by then ends the process. */
  readonly apduTimeoutMs: number;
  /** A process that is silent for this long is ended. */
  readonly heartbeatTimeoutMs: number;
  /** The program that serves the driver. */
  readonly program: URL;
  /** The driver's. */
  readonly settings: unknown;
  readonly env?: NodeJS.ProcessEnv;
}

/** Until the process is ended whether it has closed its reader or not. */
const farewellMs = 1300;

export function createHostedReader(options: HostedReaderOptions): CardReader {
  const { name } = options;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let field: HostedField | undefined;
  let host: ReaderProcess | undefined;
  let slots: readonly ReaderSlot[] = [];

  async function shutDown(): Promise<void> {
    stop.abort();
    const reason = new DeviceError('disconnected', name, 'the reader was closed');
    field?.end(reason);
    host?.order({ say: 'close' });
    if (host !== undefined) await withinTime(host.ended, farewellMs, () => undefined);
    host?.kill(reason);
    await running;
  }

  let closing: Promise<void> | undefined;
  return {
    name,
    open(events) {
      const health = createHealth(events, stop.signal);
      field = createHostedField(events);
      const attempt = createAttempts(
        options,
        field,
        {
          ...health,
          note: text => events.note?.(text),
          slots(seen) {
            slots = seen;
          },
        },
        stop.signal,
        process => {
          host = process;
          slots = [];
        },
      );
      running = keepRunning(attempt, stop.signal);
    },
    slots: () => slots,
    indicate: (light, tone) => host?.order({ say: 'indicate', light, tone }),
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

interface Telling extends Health, Required<Pick<DeviceEvents, 'note'>> {
  slots(seen: readonly ReaderSlot[]): void;
}

/**
 * @param changed told of each process, and of its end
 * @returns starts a process and resolves or rejects when that has ended: it rejects if the reader has failed
 */
function createAttempts(
  { name, program, settings, env = {}, apduTimeoutMs, heartbeatTimeoutMs }: HostedReaderOptions,
  field: HostedField,
  { note, slots, ...health }: Telling,
  signal: AbortSignal,
  changed: (host: ReaderProcess | undefined) => void,
): () => Promise<void> {
  /** Set from the moment a card is given up on until its process's successor knows. */
  let givenUp: { readonly mark: number | undefined } | undefined;

  function giveUpOn(owner: ReaderProcess): void {
    const reason = new DeviceError('timeout', name, `no answer from the card in ${apduTimeoutMs} ms`);
    givenUp = { mark: field.mark() };
    field.end(reason);
    owner.kill(reason);
  }

  return async () => {
    let told: DeviceError | undefined;
    const host = startReaderProcess({ name, program, env, heartbeatTimeoutMs, onNews: hear });
    changed(host);
    host.order({ say: 'open', settings, leftover: givenUp?.mark });
    givenUp = undefined;

    function hear(news: Exclude<News, { say: 'alive' }>): void {
      if (signal.aborted) return;
      switch (news.say) {
        case 'ready':
          told = undefined;
          health.working();
          break;
        case 'fault':
          told = new DeviceError(news.error, name, news.message);
          health.failed(told);
          break;
        case 'note':
          note(news.text);
          break;
        case 'slots':
          slots(news.slots);
          break;
        case 'inserted':
          insert(news);
          break;
        default:
          field.hear(news);
      }
    }

    function insert(news: Extract<News, { say: 'inserted' }>): void {
      field.end(new DeviceError('medium-lost', name, 'another card came'));
      const late = () => giveUpOn(host);
      field.insert(createHostedCard({ ...news, name, apduTimeoutMs, ask: host.order, late }));
    }

    const reason = await host.ended;
    changed(undefined);
    field.end(new DeviceError('disconnected', name, 'the reader’s process ended', reason));
    if (signal.aborted || givenUp !== undefined) return;
    health.failed(told ?? reason);
    throw told ?? reason;
  };
}
