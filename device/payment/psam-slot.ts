/** The PSAM in its slot: a card that stays, behind the same port as the passengers' cards. */
import type { Terminal } from '../core/purchase/commands.ts';
import { readBinary } from '../core/transit-card/apdu.ts';
import { exchange } from '../core/transit-card/exchange.ts';
import { hexOf, ok } from '../core/transit-card/status.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { type Clock, everySecond, monotonic as sinceStart } from '../kit/time.ts';
import type { Card, CardReader, DeviceEvents } from '../ports.ts';

export interface Psam {
  /** Undefined while there is no PSAM that has given its number. */
  terminal(): Terminal | undefined;
  /** Rejects with DeviceError. */
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** What the last purchase showed: it works, or why it does not. */
  tell(problem: string | undefined): void;
  close(): Promise<void>;
}

/** Short file identifier of the terminal's number, 6 bytes BCD (PBOC). */
const terminalFile = 0x16;
const terminalLength = 6;
/** A PSAM that refuses purchases for a while may be well again. */
const retryAfterMs = 10_000;
const nothingIn = 'no PSAM in the slot';

/**
 * The part is at fault while the slot is empty, and while the PSAM does not say its number: it is asked each second.
 * @param keyIndex under which cards keep the key that the PSAM has
 */
export function openPsamSlot(
  reader: CardReader,
  keyIndex: number,
  part: DeviceEvents,
  monotonic: Clock = sinceStart,
): Psam {
  let card: Card | undefined;
  let terminal: Terminal | undefined;
  let isAsking = false;
  let isReaderWell = false;
  let isClosed = false;
  /** When a purchase showed that it does not work. */
  let failedAt: number | undefined;

  function fault(kind: DeviceError['kind'], problem: string): void {
    if (!isClosed) part.fault(new DeviceError(kind, 'psam', problem));
  }

  async function ask(asked: Card): Promise<void> {
    isAsking = true;
    failedAt = undefined;
    try {
      const number = await numberOf(asked);
      if (card !== asked) return;
      terminal = { keyIndex, number };
      part.ready();
    } catch (error) {
      if (card === asked) fault(error instanceof DeviceError ? error.kind : 'protocol', messageOf(error));
    } finally {
      isAsking = false;
    }
  }

  function look(): void {
    if (!isReaderWell || isAsking) return;
    // Nobody taps while cards are out of service: it must be tried again without a purchase.
    const isDue =
      terminal === undefined || (failedAt !== undefined && monotonic() - failedAt >= retryAfterMs);
    if (!isDue) return;
    if (card === undefined) fault('disconnected', nothingIn);
    else void ask(card);
  }

  const stopLooking = everySecond(look);
  reader.open({
    ...part,
    ready() {
      isReaderWell = true;
    },
    fault(error) {
      isReaderWell = false;
      terminal = undefined;
      part.fault(error);
    },
    inserted(inserted) {
      isReaderWell = true;
      card = inserted;
      terminal = undefined;
      void ask(inserted);
    },
    removed() {
      card = undefined;
      terminal = undefined;
      // A slot that is let go of is no slot without a PSAM.
      if (isReaderWell && !isClosed) fault('disconnected', nothingIn);
    },
  });
  return {
    terminal: () => terminal,
    transmit(command) {
      if (card === undefined) return Promise.reject(new DeviceError('disconnected', 'psam', nothingIn));
      return card.transmit(command);
    },
    tell(problem) {
      if (terminal === undefined) return;
      failedAt = problem === undefined ? undefined : monotonic();
      if (problem === undefined) part.ready();
      else fault('protocol', problem);
    },
    close() {
      isClosed = true;
      stopLooking();
      return reader.close();
    },
  };
}

async function numberOf(card: Card): Promise<Uint8Array> {
  const dialogue = exchange(readBinary(terminalFile, terminalLength));
  let step = dialogue.next();
  while (!step.done) step = dialogue.next(await card.transmit(step.value));
  const answer = step.value;
  if ('broken' in answer) throw new DeviceError('protocol', 'psam', `the PSAM: ${answer.broken}`);
  if (answer.status !== ok || answer.data.length < terminalLength) {
    const said = `the PSAM does not give its number (${hexOf(answer.status)})`;
    throw new DeviceError('protocol', 'psam', said);
  }
  return answer.data.slice(0, terminalLength);
}
