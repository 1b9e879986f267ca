/**
 * The reader's side of a hosted card reader: runs any card reader driver for the firmware that forked this process.
 *
 * The process ends by SIGKILL only, its own: process.exit() would wait for native code that may never return. It ends when
 * told to close, when the channel to the firmware closes, and when the driver gives up.
 */
import { Worker } from 'node:worker_threads';
import { DeviceError, messageOf } from '../../../device/errors.ts';
import type { Card, CardReader } from '../../../device/ports.ts';
import { encode, type News, type Order, parseOrder } from './messages.ts';

/** What the driver is told beyond its settings. */
export interface Hosting {
  /** The card that was given this mark is done with, though it may still be in the field. */
  readonly leftover: number | undefined;
  /** Tells the card about to be inserted from others, also for the process that comes after this one. */
  mark(mark: number): void;
  /** Tells the fault and ends this process; the firmware starts another. */
  giveUp(fault: DeviceError): void;
}

const heartbeatMs = 200;

export function serve(createReader: (settings: unknown, hosting: Hosting) => CardReader): void {
  let reader: CardReader | undefined;
  let inField: { readonly id: number; readonly card: Card } | undefined;
  let lastCard = 0;
  let mark: number | undefined;

  function open(settings: unknown, leftover: number | undefined): void {
    reader = createReader(settings, {
      leftover,
      mark(given) {
        mark = given;
      },
      giveUp,
    });
    reader.open({
      ready: () => tell({ say: 'ready' }),
      fault: fault => tell({ say: 'fault', ...problemOf(fault) }),
      inserted(card) {
        inField = { id: ++lastCard, card };
        tell({ say: 'inserted', card: lastCard, atr: card.atr, ...(mark === undefined ? {} : { mark }) });
      },
      removed: () => tell({ say: 'removed', card: lastCard }),
    });
  }

  async function transmit({ id, card, command }: Extract<Order, { say: 'transmit' }>): Promise<void> {
    try {
      if (inField?.id !== card) throw new DeviceError('medium-lost', '', 'the card left the field');
      tell({ say: 'answered', id, response: await inField.card.transmit(command) });
    } catch (error) {
      tell({ say: 'refused', id, ...problemOf(error) });
    }
  }

  function obey(order: Order): void {
    switch (order.say) {
      case 'open':
        open(order.settings, order.leftover);
        break;
      case 'transmit':
        void transmit(order);
        break;
      case 'indicate':
        reader?.indicate?.(order.light, order.tone);
        break;
      case 'close':
        void reader?.close().finally(end);
        break;
    }
  }

  const parent = process.ppid;
  new Worker(new URL('./orphan-watch.js', import.meta.url), {
    workerData: { parent },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  process.on('uncaughtException', error =>
    giveUp(new DeviceError('disconnected', '', messageOf(error), error)),
  );
  process.on('disconnect', end);
  process.on('message', message => {
    const order = parseOrder(message);
    if (order === undefined) giveUp(new DeviceError('protocol', '', 'an order nobody knows'));
    else obey(order);
  });
  tell({ say: 'alive' });
  setInterval(() => tell({ say: 'alive' }), heartbeatMs);
}

function giveUp(fault: DeviceError): void {
  tell({ say: 'fault', ...problemOf(fault) }, end);
  setTimeout(end, heartbeatMs);
}

function tell(news: News, told: () => void = () => {}): void {
  // Fails when the firmware has gone: `disconnect` follows.
  process.send?.(encode(news), undefined, undefined, told);
}

function problemOf(thrown: unknown): Pick<Extract<News, { say: 'fault' }>, 'error' | 'message'> {
  const error = thrown instanceof DeviceError ? thrown.kind : 'disconnected';
  return { error, message: messageOf(thrown) };
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
