/** How the process ends: in order and soon on SIGTERM or SIGINT; at once and with an error code on an unexpected error. */
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Closes one thing; the last started is closed first. */
export type Closer = () => unknown;

const crashed = 70;
const unclean = 1;
/** sysexits.h: EX_TEMPFAIL. */
const temporary = 75;

/**
 * @param limitMs whatever hangs while closing does not keep the process longer
 * @returns where to add what is to be closed
 */
export function stopOnSignals(log: Log, limitMs: number): Closer[] {
  const closers: Closer[] = [];
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    setTimeout(() => {
      log.error('stop-forced', { limitMs });
      process.exit(unclean);
    }, limitMs);
    void closeAll(closers, log).then(() => {
      log.info('stopped');
      process.exit();
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return closers;
}

/** Ends the process as a signal does, with an exit code that has every supervisor start it again. */
export function startAnew(): void {
  process.exitCode = temporary;
  process.kill(process.pid, 'SIGTERM');
}

/** Ends the process as a signal does, with the exit code of who was told to end: no supervisor is to start it again. */
export function stayDown(): void {
  process.exitCode = 0;
  process.kill(process.pid, 'SIGTERM');
}

/** Closes parts at the same time, so that together they take as long as the slowest. */
export function closeTogether(parts: readonly { close(): Promise<void> }[]): Closer {
  return () => Promise.all(parts.map(part => part.close()));
}

async function closeAll(closers: readonly Closer[], log: Log): Promise<void> {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      log.error('close-failed', { problem: messageOf(error) });
    }
  }
}

/** A supervisor starts the process again. */
export function exitOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.error('crash', {
      problem: messageOf(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    process.exit(crashed);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
