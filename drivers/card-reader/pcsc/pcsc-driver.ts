/**
 * A PC/SC reader by way of pcscd and nfc-pcsc, for a process of its own. Once anything has gone wrong with either, the
 * binding cannot be trusted any more: the driver gives up (`giveUp`), and a new process takes its place.
 */
import type { PcscReader, Reader } from 'nfc-pcsc';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import type { CardReader, CardReaderEvents } from '../../../device/ports.ts';
import type { Hosting } from '../hosted/serve.ts';
import { socketOf, waitForDaemon } from './daemon.ts';
import { watchField } from './field.ts';
import { createIndicator } from './indicator.ts';
import { loadLibrary } from './library.ts';
import { signalOf } from './signals.ts';
import { createSlots } from './slot-watch.ts';
import { isBetter, isWanted } from './slots.ts';

export interface PcscDriverSettings {
  readonly name: string;
  /** Part of the reader's PC/SC name, in upper or lower case; the first contactless slot unless given. */
  readonly reader?: string | undefined;
}

/** If the reader has not been found by then, its absence is told. */
const findLimitMs = 500;
/**
 * If the reader has not been found by then, a new process looks for it. The binding lists the readers and then waits for a
 * change: it never hears of a reader that is plugged in between the two.
 */
const lookAgainMs = 5000;

export function createPcscDriver({ name, reader: wanted }: PcscDriverSettings, hosting: Hosting): CardReader {
  const fault = (message: string, cause?: unknown) => new DeviceError('disconnected', name, message, cause);
  const socket = socketOf(process.env);
  let indicate: ReturnType<typeof createIndicator> | undefined;

  async function run(events: CardReaderEvents): Promise<void> {
    const NFC = await loadLibrary();
    if (!('new' in NFC)) return events.fault(new DeviceError('config', name, NFC.missing));
    await waitForDaemon(socket, why => events.fault(fault(`pcscd does not answer: ${why}`)));
    const nfc = new NFC.new();
    const telling = { note: (text: string) => events.note?.(text), slots: hosting.slots };
    const slots = createSlots(wanted, pcsc => take(pcsc, events), telling);
    nfc.on('error', (error: Error) => hosting.giveUp(fault(`pcscd is gone: ${error.message.trim()}`, error)));
    nfc.on('reader', ({ reader: pcsc }: Reader) => {
      const used = slots.used();
      slots.add(pcsc);
      if (used !== undefined && isWanted(pcsc.name, wanted) && isBetter(pcsc.name, used))
        hosting.giveUp(fault(`a better slot has come: ${pcsc.name}`));
    });
    const whileAbsent = (tell: (absent: DeviceError) => void) => () => {
      if (slots.used() === undefined) tell(fault(absence(wanted, slots.names())));
    };
    setTimeout(whileAbsent(events.fault), findLimitMs);
    setTimeout(whileAbsent(hosting.giveUp), lookAgainMs);
  }

  function take(pcsc: PcscReader, events: CardReaderEvents): void {
    pcsc.on('error', (error: Error) =>
      hosting.giveUp(fault(`the reader is gone: ${error.message.trim()}`, error)),
    );
    pcsc.on('end', () => hosting.giveUp(fault('the reader was unplugged')));
    const field = watchField({ name, pcsc, hosting, events });
    const signal = signalOf(pcsc.name);
    if (signal !== undefined) {
      indicate = createIndicator(signal, field);
      // What a process that was killed has left lit.
      void indicate('off', 'none');
    }
    events.ready();
  }

  return {
    name,
    open: events => void run(events).catch(error => hosting.giveUp(fault(messageOf(error), error))),
    indicate: (light, tone) => indicate?.(light, tone),
    // The end of the process lets go of the card.
    close: () => Promise.resolve(),
  };
}

function absence(wanted: string | undefined, others: readonly string[]): string {
  const what = wanted === undefined ? 'no reader is plugged in' : `no reader is called ${wanted}`;
  return others.length === 0 ? what : `${what}; there are: ${others.join(', ')}`;
}
