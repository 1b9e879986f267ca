/**
 * The cards that come into and leave the field of one PC/SC reader.
 *
 * nfc-pcsc's own handling of this is not used: it connects before it has disconnected the last card, silently drops a card
 * that cannot be powered up, and connects to the cards of every reader. Here PC/SC's own status decides, and connecting and
 * disconnecting wait for each other.
 *
 * A card that cannot be powered up is presented, so that its passenger is told: with an empty `atr` and a `transmit` that
 * rejects. After any failure the card is done with, and `removed` is told: only the next card counts.
 *
 * What is the reader's failure and not the card's (another program holds it, its driver has failed) is told as a fault, and
 * no card is presented until the reader can be had again: then the one that is still there is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PcscReader, ReaderStatus } from 'nfc-pcsc';
import pRetry from 'p-retry';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { CardReaderEvents } from '../../../device/ports.ts';
import { isAtr, maxBodyBytes } from '../apdu.ts';
import type { Hosting } from '../hosted/serve.ts';
import { createConnection } from './connection.ts';

export interface Field {
  /** Sends the reader itself a command; rejects with DeviceError if the reader does not take it. */
  control(command: Uint8Array): Promise<void>;
  /** How long nothing has been asked of a card; 0 while something is. */
  quietMs(): number;
}

export interface FieldOptions {
  readonly name: string;
  readonly pcsc: PcscReader;
  readonly hosting: Pick<Hosting, 'leftover' | 'mark'>;
  readonly events: Pick<CardReaderEvents, 'ready' | 'fault' | 'inserted' | 'removed'>;
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
/** Between two looks whether a reader that failed can be had. */
const lookAgainMs = 500;

export function watchField({ name, pcsc, hosting, events }: FieldOptions): Field {
  const connection = createConnection(name, pcsc);
  let stay: Stay | undefined;
  let busy = 0;
  let lastUse = 0;
  let isFailing = false;

  function onStatus({ state, atr = new Uint8Array() }: ReaderStatus): void {
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
    if (isFailing) return;
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
      if (error.kind === 'disconnected') failReader(error);
      else fail(card, error);
    } finally {
      clearTimeout(limit);
    }
  }

  function present(card: Stay, atr: Uint8Array): void {
    card.told = true;
    hosting.mark(card.count);
    events.inserted({ atr, transmit: command => use(() => transmit(card, command)) });
  }

  function failReader(reason: DeviceError): void {
    if (isFailing) return;
    isFailing = true;
    events.fault(reason);
    void recover();
  }

  async function recover(): Promise<void> {
    await sleep(lookAgainMs);
    await pRetry(() => connection.probe(), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: lookAgainMs,
      factor: 1,
    });
    isFailing = false;
    events.ready();
    const waiting = stay;
    if (waiting !== undefined && !waiting.told && waiting.over === undefined) void use(() => arrive(waiting));
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
      if (error instanceof DeviceError) {
        end(card, error);
        if (error.kind === 'disconnected') failReader(error);
      }
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

  pcsc.on('status', onStatus);
  return {
    control: command => connection.control(command),
    quietMs: () => (busy > 0 ? 0 : performance.now() - lastUse),
  };
}
