/** Sends a recorded NMEA 0183 log on a receiver's wire: byte for byte, at the pace of its own times, over and over. */
import { readSentences } from '../../drivers/gnss/sentence.ts';
import { listenOnWire, type WireServer } from './wire-server.ts';

export interface Burst {
  readonly bytes: Buffer;
  /** The time until the next burst. */
  readonly pauseMs: number;
}

const usualPauseMs = 1000;
/** A longer gap, as of a receiver that was switched off, is not waited for. */
const longestPauseMs = 5000;
const dayMs = 86_400_000;

/** Cuts a log wherever its time changes. */
export function burstsOf(log: Buffer): Burst[] {
  const bursts: { lines: string[]; timeOfDayMs: number | undefined }[] = [];
  for (const line of log.toString('latin1').split(/(?<=\n)/)) {
    const time = readSentences(line).sentences[0]?.timeOfDayMs;
    const last = bursts.at(-1);
    const isNext = time !== undefined && last?.timeOfDayMs !== undefined && time !== last.timeOfDayMs;
    if (last === undefined || isNext) bursts.push({ lines: [line], timeOfDayMs: time });
    else {
      last.lines.push(line);
      last.timeOfDayMs ??= time;
    }
  }
  return bursts.map(({ lines, timeOfDayMs }, i) => ({
    bytes: Buffer.from(lines.join(''), 'latin1'),
    pauseMs: pauseBetween(timeOfDayMs, bursts[i + 1]?.timeOfDayMs),
  }));
}

/** @throws RangeError for an empty log; the system's error when the port is taken */
export async function replayNmea(log: Buffer, port: number): Promise<WireServer> {
  const bursts = burstsOf(log);
  if (log.length === 0) throw new RangeError('an empty log');
  const server = await listenOnWire(port, () => {});
  let timer: NodeJS.Timeout;
  function send(index: number): void {
    const burst = bursts[index % bursts.length];
    for (const client of server.clients) client.write(burst?.bytes ?? '');
    timer = setTimeout(send, burst?.pauseMs, index + 1);
  }
  send(0);
  return {
    ...server,
    close() {
      clearTimeout(timer);
      return server.close();
    },
  };
}

function pauseBetween(fromMs: number | undefined, toMs: number | undefined): number {
  if (fromMs === undefined || toMs === undefined) return usualPauseMs;
  const pauseMs = (toMs - fromMs + dayMs) % dayMs;
  return pauseMs > longestPauseMs ? usualPauseMs : pauseMs;
}
