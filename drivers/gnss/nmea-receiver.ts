/**
 * A GNSS receiver (BeiDou, GPS, GLONASS, Galileo) that sends NMEA 0183 by itself on a serial line, tty or
 * tcp://host:port; nothing is sent to it.
 *
 * Protocol: IEC 61162-1 / NMEA 0183, 2.0 to 4.11; 8N1, mostly 9600 baud, once a second. It must send RMC, or ZDA with
 * GGA or GNS; the rest is left aside. Ready once a sentence that may carry a fix has come, with a fix or without. Positions
 * are WGS 84 (CGCS 2000 is the same within decimetres). The sentences come 0.05 to 0.5 s after the second they tell, and a
 * fix is told when the wire has been silent for 150 ms: as a clock it is good to about a second.
 *
 * Faults, all within `timeoutMs` (1.9 s by default, for receivers that send once a second): `timeout` when nothing comes,
 * `protocol` when nothing that comes makes sense (wrong baud rate, noise, wrong checksums or none, other sentences only),
 * `disconnected` when the wire is gone. The wire is then opened anew, unless it is the receiver that is set wrongly.
 *
 * Trap: at 4800 and 9600 baud a sentence takes as long as the pauses of a quick receiver, so silence is measured by bytes.
 */
import type { Duplex } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { GnssEvents, GnssReceiver } from '../../device/ports.ts';
import { readLines } from '../wire/lines.ts';
import { type Link, type SupervisedStream, superviseStream } from '../wire/supervised-stream.ts';
import { createEpochs } from './epochs.ts';
import { readSentences } from './sentence.ts';

export interface NmeaReceiverOptions {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
  readonly baudRate: number;
  /** No sentence that may carry a fix for this long is a fault. */
  readonly timeoutMs: number;
}

/** Sentences have 82 characters, some receivers' a few more; binary messages before them have no line end. */
const maxLineBytes = 1024;
const silentAfterMs = 150;

/** @throws DeviceError config when `path` is no address */
export function createNmeaReceiver(options: NmeaReceiverOptions): GnssReceiver {
  const { name, path, baudRate } = options;
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  return {
    name,
    open(events) {
      const session = (stream: Duplex, link: Link) => listen(stream, link, options, events);
      wire = superviseStream({ name, source, baudRate, readyAfterMs: undefined, events, session });
    },
    async close() {
      await wire?.close();
    },
  };
}

/** @returns ends the listening */
function listen(
  stream: Duplex,
  link: Link,
  { name, timeoutMs }: NmeaReceiverOptions,
  events: GnssEvents,
): () => void {
  const epochs = createEpochs(events.fix);
  const silence = createWatchdog(silentAfterMs, epochs.silent);
  const patience = createWatchdog(timeoutMs, giveUp);
  let byteAt = Number.NEGATIVE_INFINITY;
  let lastLine: Nonsense = 'noise';

  function onLine(line: string): void {
    const { sentences, refused, unchecked, others } = readSentences(line);
    const now = performance.now();
    for (const sentence of sentences) epochs.add(sentence, now);
    if (refused > 0) lastLine = 'refused';
    else if (others + sentences.length > 0) lastLine = 'others';
    else lastLine = unchecked > 0 ? 'unchecked' : 'noise';
    if (!sentences.some(({ type }) => type !== 'ZDA')) return;
    patience.restart();
    link.working();
  }

  function onBytes(): void {
    byteAt = performance.now();
    silence.restart();
  }

  function giveUp(): void {
    // What followed the last good sentence, in the same second, says nothing of what is wrong since.
    const isSilent = performance.now() - byteAt > timeoutMs / 2;
    if (isSilent) link.failed(new DeviceError('timeout', name, `nothing heard for ${timeoutMs} ms`));
    else tellNonsense(new DeviceError('protocol', name, nonsense[lastLine]));
  }

  function tellNonsense(error: DeviceError): void {
    if (lastLine === 'noise' || lastLine === 'refused') link.failed(error);
    else {
      link.waiting(error);
      patience.restart();
    }
  }

  stream.on('data', onBytes);
  silence.restart();
  patience.restart();
  const stopReading = readLines(stream, { maxLineBytes, flooded: events.flooded }, onLine);
  return () => {
    silence.stop();
    patience.stop();
    stream.off('data', onBytes);
    stopReading();
  };
}

type Nonsense = 'noise' | 'refused' | 'unchecked' | 'others';

const nonsense: Readonly<Record<Nonsense, string>> = {
  noise: 'noise, no sentence: is the baud rate right?',
  refused: 'wrong checksums only',
  unchecked: 'sends sentences without checksums: they must be switched on',
  others: 'sends neither RMC nor GGA nor GNS',
};
