/** The real firmware process on the stand, seen from outside: when it was ready, what it complained of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type FirmwareProcess, type LogLine, startFirmware } from '../../sim/bus/firmware-process.ts';

export interface FirmwareUnderTest {
  readonly pid: number;
  /** From starting the process to its log line `ready`. */
  readonly readyMs: number;
}

export interface FirmwareOptions {
  /** Called with each line of its log. */
  readonly onLog?: (line: LogLine) => void;
  /** Events that are no complaint. */
  readonly expected?: readonly string[];
  /** What Node is given before the program. */
  readonly nodeOptions?: readonly string[];
}

/** Only a fault takes so long, however busy the machine is. */
const readyLimitMs = 60_000;
/** The first complaints say it all. */
const toldComplaints = 5;

/**
 * Runs the firmware for as long as `work` takes.
 * @throws when it ended by itself, or logged a warning or an error: that comes first, for it may be why `work` failed
 */
export async function withFirmware<T>(
  configFile: string,
  work: (firmware: FirmwareUnderTest) => Promise<T>,
  { onLog = () => undefined, expected = [], nodeOptions = [] }: FirmwareOptions = {},
): Promise<T> {
  const complaints: LogLine[] = [];
  let isStopping = false;
  let tellReady = () => {};
  const ready = new Promise<void>(resolve => {
    tellReady = resolve;
  });
  const since = performance.now();
  const firmware = startFirmware(
    configFile,
    line => {
      onLog(line);
      if (complains(line) && !expected.includes(line.event) && !(isStopping && line.event === 'exit'))
        complaints.push(line);
      if (line.event === 'ready') tellReady();
    },
    nodeOptions,
  );
  const working = inTime(ready).then(() =>
    work({ pid: pidOf(firmware), readyMs: performance.now() - since }),
  );
  const [outcome] = await Promise.allSettled([working]);
  isStopping = true;
  await firmware.stop();
  if (complaints.length > 0) {
    const cause = outcome.status === 'rejected' ? outcome.reason : undefined;
    throw new Error(`the firmware complained: ${list(complaints)}`, { cause });
  }
  return working;
}

async function inTime(ready: Promise<void>): Promise<void> {
  const limit = new AbortController();
  const late = sleep(readyLimitMs, undefined, limit).then(() => {
    throw new Error(`the firmware was not ready within ${readyLimitMs} ms`);
  });
  await Promise.race([ready, late]).finally(() => limit.abort());
}

function complains({ event, level, service }: LogLine): boolean {
  return level !== 'info' || event === 'exit' || (event === 'ready' && service !== 'full');
}

function list(complaints: readonly LogLine[]): string {
  const told = complaints.slice(0, toldComplaints).map(line => JSON.stringify(line));
  const others = complaints.length - told.length;
  return `${told.join(' ')}${others > 0 ? ` and ${others} others` : ''}`;
}

function pidOf({ pid }: FirmwareProcess): number {
  if (pid === undefined) throw new Error('the firmware could not be started');
  return pid;
}
