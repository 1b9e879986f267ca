/**
 * The reader's side of a hosted card reader: runs any card reader driver for the firmware that forked this process.
 *
 * Where the firmware begins to read a transit card, this process reads it ahead: it sends the card what the firmware is
 * about to, by the same code, and tells the answers. So a tap does not wait for the way between the processes at each
 * command.
 *
 * The process ends by SIGKILL only, its own: process.exit() would wait for native code that may never return. It ends when
 * told to close, when the channel to the firmware closes, and when the driver gives up. When the firmware is dead or stopped, the
 * reader's own light goes out first: nothing green stays.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readTransitCard } from '../../../device/core/transit-card.ts';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import { createWatchdog } from '../../../device/kit/time.ts';
import type { Card, CardReader, ReaderSlot } from '../../../device/ports.ts';
import {
  type Exchange,
  encode,
  maxExchanges,
  maxSlots,
  type News,
  type Order,
  parseOrder,
} from './messages.ts';

/** What the driver is told beyond its settings. */
export interface Hosting {
  /** The card that was given this mark is done with, though it may still be in the field. */
  readonly leftover: number | undefined;
  /** Tells the card about to be inserted from others, also for the process that comes after this one. */
  mark(mark: number): void;
  /** The slots that are seen now. */
  slots(seen: readonly ReaderSlot[]): void;
  /** Tells the fault and ends this process; the firmware starts another. */
  giveUp(fault: DeviceError): void;
}

type Dialogue = ReturnType<typeof readTransitCard>;

/** A card's time in the field. */
interface Stay {
  readonly id: number;
  readonly card: Card;
  /** Commands that the firmware has ordered. */
  orders: number;
  /** Resolves when nothing is being read ahead. */
  ahead: Promise<void>;
}

const heartbeatMs = 200;
/** Three of its beats missed: the firmware is stopped. */
const firmwareSilenceMs = 1400;
/** For the reader's lights to go out: they may have to wait until a card has answered. */
const farewellMs = 1000;
/** What a card answers in this time is told together: each message wakes the firmware. */
const togetherMs = 3;

export function serve(createReader: (settings: unknown, hosting: Hosting) => CardReader): void {
  let reader: CardReader | undefined;
  let inField: Stay | undefined;
  let lastCard = 0;
  let mark: number | undefined;
  const silence = createWatchdog(firmwareSilenceMs, () => void goDark());

  function open(settings: unknown, leftover: number | undefined): void {
    reader = createReader(settings, {
      leftover,
      mark(given) {
        mark = given;
      },
      slots: seen => tell({ say: 'slots', slots: seen.slice(0, maxSlots) }),
      giveUp,
    });
    reader.open({
      ready: () => tell({ say: 'ready' }),
      note: text => tell({ say: 'note', text }),
      fault: fault => tell({ say: 'fault', ...problemOf(fault) }),
      inserted(card) {
        inField = { id: ++lastCard, card, orders: 0, ahead: Promise.resolve() };
        tell({ say: 'inserted', card: lastCard, atr: card.atr, ...(mark === undefined ? {} : { mark }) });
      },
      removed: () => tell({ say: 'removed', card: lastCard }),
    });
  }

  async function transmit({ id, card, command }: Extract<Order, { say: 'transmit' }>): Promise<void> {
    try {
      const stay = inField;
      if (stay?.id !== card) throw new DeviceError('medium-lost', '', 'the card left the field');
      const dialogue = ++stay.orders === 1 ? dialogueFrom(command, stay.card.atr) : undefined;
      await stay.ahead;
      const response = await stay.card.transmit(command);
      if (dialogue === undefined) tell({ say: 'answered', id, response });
      else stay.ahead = readAhead(stay, dialogue, { command, response });
    } catch (error) {
      tell({ say: 'refused', id, ...problemOf(error) });
    }
  }

  /** Until the dialogue ends, the card fails, or the firmware orders something else. @param first has been carried out */
  async function readAhead(stay: Stay, dialogue: Dialogue, first: Exchange): Promise<void> {
    const { id, card } = stay;
    let exchanges = [first];
    let toldAt = performance.now();
    try {
      let step = dialogue.next(first.response);
      while (!step.done && stay.orders === 1) {
        const command = step.value;
        const response = await card.transmit(command);
        exchanges.push({ command, response });
        step = dialogue.next(response);
        if (performance.now() - toldAt < togetherMs && exchanges.length < maxExchanges) continue;
        toldAt = performance.now();
        tell({ say: 'read-ahead', card: id, exchanges, ended: false });
        exchanges = [];
      }
    } catch {
      // The firmware orders the same, and is told why not.
    }
    tell({ say: 'read-ahead', card: id, exchanges, ended: true });
  }

  function obey(order: Order): void {
    // Whatever it says, the firmware lives.
    silence.restart();
    switch (order.say) {
      case 'open':
        open(order.settings, order.leftover);
        break;
      case 'transmit':
        void transmit(order);
        break;
      case 'indicate':
        void reader?.indicate?.(order.light, order.tone);
        break;
      case 'beat':
        break;
      case 'close':
        void Promise.all([goDark(), reader?.close()]).finally(end);
        break;
    }
  }

  /** @returns resolves when the light is out, or cannot be put out in time; at once where there is none */
  async function goDark(): Promise<void> {
    const dark = reader?.indicate?.('off', 'none');
    if (dark !== undefined) await Promise.race([dark, sleep(farewellMs)]);
  }

  const parent = process.ppid;
  new Worker(new URL('./orphan-watch.js', import.meta.url), {
    workerData: { parent },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  process.on('uncaughtException', error =>
    giveUp(new DeviceError('disconnected', '', messageOf(error), error)),
  );
  process.on('disconnect', () => void goDark().finally(end));
  process.on('message', message => {
    const order = parseOrder(message);
    if (order === undefined) giveUp(new DeviceError('protocol', '', 'an order nobody knows'));
    else obey(order);
  });
  tell({ say: 'alive' });
  setInterval(() => tell({ say: 'alive' }), heartbeatMs);
}

/** @returns the reading of a transit card, waiting for its first answer, where it begins with this command */
function dialogueFrom(command: Uint8Array, atr: Uint8Array): Dialogue | undefined {
  const dialogue = readTransitCard(atr);
  const first = dialogue.next();
  return !first.done && Buffer.compare(first.value, command) === 0 ? dialogue : undefined;
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
