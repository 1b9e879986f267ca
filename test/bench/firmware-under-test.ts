/** The real firmware process on the stand, seen from outside: when it was ready, what it complained of. */
import { once } from 'node:events';
import { type FirmwareProcess, type LogLine, startFirmware } from '../../sim/bus/firmware-process.ts';

export interface FirmwareUnderTest {
  readonly pid: number;
  /** From starting the process to its log line `ready`. */
  readonly readyMs: number;
  /** @throws when it has ended by itself, or has logged a warning or an error */
  stop(): Promise<void>;
}

const readyLimitMs = 10_000;

/**
 * @param onLog called with each line of its log
 * @param nodeOptions what Node is given before the program
 */
export async function startFirmwareUnderTest(
  configFile: string,
  onLog: (line: LogLine) => void = () => undefined,
  nodeOptions: readonly string[] = [],
): Promise<FirmwareUnderTest> {
  const complaints: LogLine[] = [];
  const log = new EventTarget();
  const ready = once(log, 'ready', { signal: AbortSignal.timeout(readyLimitMs) });
  let stopping = false;
  const since = performance.now();
  const hear = (line: LogLine) => {
    onLog(line);
    if (complains(line) && !(stopping && line.event === 'exit')) complaints.push(line);
    if (line.event === 'ready') log.dispatchEvent(new Event('ready'));
  };
  const firmware = startFirmware(configFile, hear, nodeOptions);
  try {
    await ready;
  } catch (error) {
    await firmware.stop();
    throw new Error(`the firmware was not ready within ${readyLimitMs} ms: ${list(complaints)}`, {
      cause: error,
    });
  }
  const readyMs = performance.now() - since;
  return {
    pid: pidOf(firmware),
    readyMs,
    async stop() {
      stopping = true;
      await firmware.stop();
      if (complaints.length > 0) throw new Error(`the firmware complained: ${list(complaints)}`);
    },
  };
}

function complains({ event, level, service }: LogLine): boolean {
  return level !== 'info' || event === 'exit' || (event === 'ready' && service !== 'full');
}

function list(complaints: readonly LogLine[]): string {
  return complaints.map(line => JSON.stringify(line)).join('\n');
}

function pidOf({ pid }: FirmwareProcess): number {
  if (pid === undefined) throw new Error('the firmware could not be started');
  return pid;
}
