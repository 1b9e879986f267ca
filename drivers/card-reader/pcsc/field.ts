/**
 * The cards that come into and leave the field of one PC/SC reader.
 *
 * nfc-pcsc's own handling of this is not used: it connects while it still disconnects the last card, loses a card that
 * cannot be powered up without a word, and connects to the cards of every reader there is. Here the status is looked at
 * as PC/SC tells it, and connecting and disconnecting wait for each other.
 *
 * A card that cannot be powered up is presented, so that its passenger is told: with an empty `atr` and a `transmit` that
 * rejects. After any failure a card is done with, and `removed` is told: only the next one counts.
 */
import type { PcscReader, ReaderStatus } from 'nfc-pcsc';
import { DeviceError } from '../../../device/errors.ts';
import type { CardReaderEvents } from '../../../device/ports.ts';
import { maxBodyBytes } from '../hosted/messages.ts';
import type { Hosting } from '../hosted/serve.ts';
import { isAtr } from '../is-atr.ts';
import { createConnection } from './connection.ts';

export interface Field {
  /** Sends the reader itself a command; rejects with DeviceError where it cannot be had. */
  control(command: Uint8Array): Promise<void>;
  /** How long nothing has been asked of a card; 0 while something is. */
  quietMs(): number;
}

export interface FieldOptions {
  readonly name: string;
  readonly pcsc: PcscReader;
  readonly hosting: Pick<Hosting, 'leftover' | 'mark'>;
  readonly events: Pick<CardReaderEvents, 'inserted' | 'removed'>;
}

/** One card's time in the field. */
interface Stay {
  /** PC/SC's count of insertions and removals, by which a card is told from one that came back at once. */
  readonly count: number;
  readonly atr: Uint8Array;
  readonly isMute: boolean;
  told: boolean;
  over: DeviceError | undefined;
}

/** A contactless card is up in some ten milliseconds; what takes longer is told as unreadable. */
const powerUpLimitMs = 1000;

export function watchField({ name, pcsc, hosting, events }: FieldOptions): Field {
  const connection = createConnection(name, pcsc);
  let stay: Stay | undefined;
  let busy = 0;
  let lastUse = 0;

  function look({ state, atr = new Uint8Array() }: ReaderStatus): void {
    const isPresent = (state & pcsc.SCARD_STATE_PRESENT) !== 0;
    const count = state >>> 16;
    const isMute = (state & pcsc.SCARD_STATE_MUTE) !== 0;
    if (stay !== undefined && (!isPresent || stay.count !== count)) {
      end(stay, new DeviceError('medium-lost', name, 'the card left the field'));
      stay = undefined;
      void connection.release();
    }
    if (isPresent && stay === undefined) {
      const arrived: Stay = { count, atr: Uint8Array.from(atr), isMute, told: false, over: undefined };
      stay = arrived;
      if (count !== hosting.leftover) void use(() => arrive(arrived));
    }
  }

  async function arrive(card: Stay): Promise<void> {
    const limit = setTimeout(() => {
      fail(card, new DeviceError('timeout', name, `the card is not powered up after ${powerUpLimitMs} ms`));
    }, powerUpLimitMs);
    try {
      if (card.isMute) throw new DeviceError('protocol', name, 'the card cannot be powered up');
      if (!isAtr(card.atr)) throw new DeviceError('protocol', name, 'the card gave something that is no ATR');
      await connection.connect(() => stay === card && card.over === undefined);
      if (card.over === undefined) present(card, card.atr);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      fail(card, error);
    } finally {
      clearTimeout(limit);
    }
  }

  function present(card: Stay, atr: Uint8Array): void {
    card.told = true;
    hosting.mark(card.count);
    events.inserted({ atr, transmit: command => use(() => transmit(card, command)) });
  }

  /** It may have left by now: its passenger is told all the same. */
  function fail(card: Stay, reason: DeviceError): void {
    if (!card.told) {
      card.over ??= reason;
      present(card, new Uint8Array());
      events.removed();
    } else {
      end(card, reason);
    }
  }

  function end(card: Stay, reason: DeviceError): void {
    if (card.over !== undefined) return;
    card.over = reason;
    if (card.told) events.removed();
  }

  async function transmit(card: Stay, command: Uint8Array): Promise<Uint8Array> {
    if (card.over !== undefined) throw card.over;
    try {
      const response = await connection.transmit(command, maxBodyBytes);
      // What the binding gives for a card that left in the middle.
      if (response.length === 0) throw new DeviceError('medium-lost', name, 'the card left the field');
      if (response.length < 2) throw new DeviceError('protocol', name, 'the card sent too short an answer');
      return response;
    } catch (error) {
      if (error instanceof DeviceError) end(card, error);
      throw card.over ?? error;
    }
  }

  async function use<T>(work: () => Promise<T>): Promise<T> {
    busy++;
    try {
      return await work();
    } finally {
      busy--;
      lastUse = performance.now();
    }
  }

  pcsc.on('status', look);
  return {
    control: command => connection.control(command),
    quietMs: () => (busy > 0 ? 0 : performance.now() - lastUse),
  };
}
